package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages as server-sent events (HTML standard, section 9.2). Each is one event without a name; the last of those that
 * go together has, as its id, the position from which the client may resume once it has got this one.
 */
final class EventStreamFraming implements Framing {
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] ID = ascii("id: ");
    private static final byte[] END_OF_EVENT = ascii("\n\n");
    private static final int LONGEST_ID = 64;

    private final Supplier<@Nullable String> position;

    /** @param position to resume from, when it is another than the last one given; else null */
    EventStreamFraming(Supplier<@Nullable String> position) {
        this.position = position;
    }

    @Override
    public int length(int frameBytes, int count) {
        return frameBytes + count * (DATA.length + END_OF_EVENT.length) + LONGEST_ID;
    }

    @Override
    public void write(List<TextFrame> frames, ByteBuf out) {
        for (TextFrame frame : frames.subList(0, frames.size() - 1)) {
            writeEvent(frame, out);
        }
        writeId(out);
        writeEvent(frames.getLast(), out);
    }

    private static void writeEvent(TextFrame frame, ByteBuf out) {
        out.writeBytes(DATA);
        frame.writeLine(out);
        out.writeBytes(END_OF_EVENT);
    }

    private void writeId(ByteBuf out) {
        String id = position.get();
        if (id != null) {
            out.writeBytes(ID).writeBytes(ascii(id)).writeByte('\n');
        }
    }

    /** A sign of life: a comment, and the position if there is another one. Clients take it for no event. */
    ByteBuf heartbeat() {
        ByteBuf out = Unpooled.buffer(LONGEST_ID).writeByte(':').writeByte('\n');
        writeId(out);
        return out.writeByte('\n');
    }

    /** Advice when to come back after the stream has ended. */
    static ByteBuf retry(long ms) {
        return Unpooled.wrappedBuffer(ascii("retry: " + ms + "\n\n"));
    }

    /** The last event of a stream. */
    static ByteBuf last(TextFrame frame) {
        ByteBuf out = Unpooled.buffer();
        writeEvent(frame, out);
        return out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

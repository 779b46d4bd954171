package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The way out of one session, on its event loop. Frames are bytes that are shared by all receivers; they are handed
 * to Netty at once and flushed once a turn of the loop, so that a burst costs one system call.
 *
 * <p>What a socket has not taken yet is bounded in bytes (Netty counts them). Vert.x's own {@code writeQueueFull} is
 * only advice: whoever ignores it fills the memory.
 */
final class Outbox {
    private static final ByteBuf OPEN = constant("[");
    private static final ByteBuf COMMA = constant(",");
    private static final ByteBuf CLOSE = constant("]");

    private final ChannelHandlerContext context;
    private final Flusher flusher;
    private final Runnable overflow;
    private final int budget;
    private final List<ByteBuf> batch = new ArrayList<>(0);
    private boolean batching;
    private boolean marked;
    private boolean ended;
    private int batchBytes;

    /**
     * @param budget bytes that may wait
     * @param overflow called once when they are more; the session must end
     */
    Outbox(ChannelHandlerContext context, Flusher flusher, int budget, Runnable overflow) {
        this.context = context;
        this.flusher = flusher;
        this.overflow = overflow;
        this.budget = budget;
        context.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(budget / 2, budget));
    }

    /** From now on frames that are ready together go out as one JSON array. */
    void batch() {
        batching = true;
    }

    /** @param frame a complete JSON object; never released by the receiver, so that it can be shared */
    void send(ByteBuf frame) {
        if (ended) {
            return;
        }
        if (batching) {
            batch.add(frame);
            batchBytes += frame.readableBytes() + 1;
        } else {
            write(frame.duplicate());
        }
        if (!marked) {
            marked = true;
            flusher.add(this);
        }
        requireRoom();
    }

    /**
     * Sends what the receiver may go without, unless more than a quarter of what may wait is waiting already: the rest is
     * kept for what he must have.
     *
     * @return false when it was not sent
     */
    boolean offer(ByteBuf frame) {
        if (!ended && crowded()) {
            flush();
        }
        if (ended || crowded()) {
            return false;
        }
        send(frame);
        return true;
    }

    private boolean crowded() {
        return waiting() > budget / 4;
    }

    /**
     * Ends the session when more waits than may. What was written in this turn of the loop has not been offered to the
     * network yet: only what that does not take counts against the peer.
     */
    void requireRoom() {
        if (ended || fits()) {
            return;
        }
        flush();
        if (!fits()) {
            end();
            overflow.run();
        }
    }

    private boolean fits() {
        return batchBytes <= budget && context.channel().isWritable();
    }

    /** Bytes that wait for the socket. */
    long waiting() {
        Channel channel = context.channel();
        return channel.isActive() ? Math.max(0, budget - channel.bytesBeforeUnwritable()) + batchBytes : 0;
    }

    /** Nothing is sent any more. */
    void end() {
        ended = true;
        batch.clear();
        batchBytes = 0;
    }

    void flush() {
        marked = false;
        if (!batch.isEmpty()) {
            write(joined());
            batch.clear();
            batchBytes = 0;
        }
        context.flush();
    }

    private ByteBuf joined() {
        if (batch.size() == 1) {
            return batch.getFirst().duplicate();
        }
        ByteBuf[] parts = new ByteBuf[batch.size() * 2 + 1];
        int part = 0;
        for (ByteBuf frame : batch) {
            parts[part] = (part == 0 ? OPEN : COMMA).duplicate();
            parts[part + 1] = frame.duplicate();
            part += 2;
        }
        parts[part] = CLOSE.duplicate();
        return Unpooled.wrappedBuffer(parts.length, parts);
    }

    private void write(ByteBuf frame) {
        // A failed write closes the channel, which is told elsewhere; so no promise is made for each of very many.
        var unused = context.write(new TextWebSocketFrame(frame), context.voidPromise());
    }

    /** Bytes that can be sent to any number of sockets: releasing them does nothing. */
    static ByteBuf shared(byte[] bytes) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes).asReadOnly());
    }

    private static ByteBuf constant(String text) {
        return shared(text.getBytes(StandardCharsets.UTF_8));
    }
}

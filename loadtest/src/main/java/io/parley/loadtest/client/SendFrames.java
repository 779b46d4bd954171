package io.parley.loadtest.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.wire.FrameWriter;
import io.parley.loadtest.wire.UuidText;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** Writes the frame of a send, the same each time. For one thread; a frame is valid until the next one. */
final class SendFrames {
    private static final byte[] TYPE_ID = bytes("{\"type\":\"message.send\",\"id\":\"");
    private static final byte[] CONVERSATION = bytes("\",\"conversation\":\"");
    private static final byte[] MESSAGE = bytes("\",\"message\":{\"id\":\"");
    private static final byte[] TEXT = bytes("\",\"type\":\"text\",\"text\":\"");
    private static final byte[] END = bytes("\"}}");

    private final List<UUID> rooms;
    private final Texts texts;
    private final FrameWriter writer = new FrameWriter();
    private final byte[] number = new byte[Texts.NUMBER_LENGTH];

    SendFrames(List<UUID> rooms, Texts texts) {
        this.rooms = rooms;
        this.texts = texts;
    }

    private static byte[] bytes(String part) {
        return part.getBytes(US_ASCII);
    }

    ByteBuffer frame(SendPlan plan, int index) {
        UUID room = rooms.get(plan.room(index));
        UuidText.writeHex(index, number, 0, number.length);
        return writer.begin()
                .add(TYPE_ID)
                .add(plan.command(index))
                .add(CONVERSATION)
                .addUuid(room.getMostSignificantBits(), room.getLeastSignificantBits())
                .add(MESSAGE)
                .addUuid(plan.idHigh(), plan.idLow(index))
                .add(TEXT)
                .add(number)
                .add(texts.words())
                .add(END)
                .text();
    }
}

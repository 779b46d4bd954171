package io.parley.loadtest.client;

import io.parley.loadtest.wire.FrameWriter;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes the commands of a session other than sends. A frame is valid until its writer begins another. */
final class CommandFrames {
    /** Beyond all messages: the server takes the last. */
    private static final long END = 2_000_000_000;

    private CommandFrames() {}

    /** @param cursor null: without a past */
    static ByteBuffer hello(FrameWriter writer, String token, byte @Nullable [] cursor, boolean batch) {
        writer.begin().add("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"").add(token);
        if (cursor != null) {
            writer.add("\",\"cursor\":\"").add(cursor);
        }
        return writer.add(batch ? "\",\"batch\":true}" : "\"}").text();
    }

    static ByteBuffer renew(FrameWriter writer, String token) {
        return writer.begin()
                .add("{\"type\":\"renew\",\"id\":\"renew\",\"token\":\"")
                .add(token)
                .add("\"}")
                .text();
    }

    /** The ping of the messaging protocol. */
    static ByteBuffer ping(FrameWriter writer) {
        return writer.begin().add("{\"type\":\"ping\",\"id\":\"ping\"}").text();
    }

    /** Asks for the changes of the room in a slot; the answer tells the slot by its id. */
    static ByteBuffer changes(FrameWriter writer, int slot, UUID room, long after) {
        return in(
                        writer.begin()
                                .add("{\"type\":\"changes\",\"id\":\"" + ServerFrame.CATCH_UP)
                                .add(slot),
                        room)
                .add("\",\"after\":")
                .add(after)
                .add("}")
                .text();
    }

    static ByteBuffer typing(FrameWriter writer, UUID room) {
        return in(writer.begin().add("{\"type\":\"typing\",\"active\":true,\"id\":\"typing"), room)
                .add("\"}")
                .text();
    }

    /** Everything is read. */
    static ByteBuffer read(FrameWriter writer, UUID room) {
        return in(writer.begin().add("{\"type\":\"read\",\"id\":\"read"), room)
                .add("\",\"number\":")
                .add(END)
                .add("}")
                .text();
    }

    static ByteBuffer presence(FrameWriter writer, boolean busy) {
        return writer.begin()
                .add("{\"type\":\"presence.set\",\"id\":\"presence\",\"status\":\"")
                .add(busy ? "busy\"}" : "online\"}")
                .text();
    }

    private static FrameWriter in(FrameWriter writer, UUID room) {
        return writer.add("\",\"conversation\":\"")
                .addUuid(room.getMostSignificantBits(), room.getLeastSignificantBits());
    }
}

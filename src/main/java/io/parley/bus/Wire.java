package io.parley.bus;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** Reads the parts of a frame one after another. */
final class Wire {
    private final Buffer buffer;
    private int position;

    Wire(int position, Buffer buffer) {
        this.position = position;
        this.buffer = buffer;
    }

    static void putId(Buffer wire, UUID id) {
        wire.appendLong(id.getMostSignificantBits()).appendLong(id.getLeastSignificantBits());
    }

    UUID id() {
        return new UUID(number(), number());
    }

    long number() {
        position += Long.BYTES;
        return buffer.getLong(position - Long.BYTES);
    }

    int count() {
        position += Integer.BYTES;
        return buffer.getInt(position - Integer.BYTES);
    }

    /** A copy: what was read from the network is given back. */
    Buffer bytes() {
        int length = count();
        position += length;
        return buffer.getBuffer(position - length, position);
    }
}

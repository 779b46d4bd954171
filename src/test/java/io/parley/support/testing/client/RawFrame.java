package io.parley.support.testing.client;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket frame with every field free, right or wrong (RFC 6455, section 5.2).
 *
 * @param rsv the three reserved bits, 4 for the one that marks a compressed message
 * @param declared the length that the header tells, which need not be the payload's
 */
public record RawFrame(boolean fin, int rsv, int opcode, boolean masked, long declared, Buffer payload) {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;

    private static final byte[] KEY = {0x21, 0x43, 0x65, (byte) 0x87};
    private static final int SHORT_LENGTH = 125;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;

    /** As a client should send it. */
    public static RawFrame of(int opcode, Buffer payload) {
        return new RawFrame(true, 0, opcode, true, payload.length(), payload);
    }

    public static RawFrame text(String text) {
        return of(TEXT, Buffer.buffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    public RawFrame withFin(boolean last) {
        return new RawFrame(last, rsv, opcode, masked, declared, payload);
    }

    public RawFrame withRsv(int bits) {
        return new RawFrame(fin, bits, opcode, masked, declared, payload);
    }

    public RawFrame withOpcode(int other) {
        return new RawFrame(fin, rsv, other, masked, declared, payload);
    }

    public RawFrame unmasked() {
        return new RawFrame(fin, rsv, opcode, false, declared, payload);
    }

    public RawFrame declaring(long length) {
        return new RawFrame(fin, rsv, opcode, masked, length, payload);
    }

    /** The bytes on the wire. */
    public Buffer encode() {
        Buffer bytes = Buffer.buffer(payload.length() + 14);
        bytes.appendByte((byte) ((fin ? 0x80 : 0) | (rsv << 4) | opcode));
        int mask = masked ? 0x80 : 0;
        if (declared >= 0 && declared <= SHORT_LENGTH) {
            bytes.appendByte((byte) (mask | declared));
        } else if (declared >= 0 && declared <= 0xFFFF) {
            bytes.appendByte((byte) (mask | TWO_BYTES)).appendUnsignedShort((int) declared);
        } else {
            bytes.appendByte((byte) (mask | EIGHT_BYTES)).appendLong(declared);
        }
        if (!masked) {
            return bytes.appendBuffer(payload);
        }
        bytes.appendBytes(KEY);
        byte[] content = payload.getBytes();
        for (int i = 0; i < content.length; i++) {
            content[i] ^= KEY[i % KEY.length];
        }
        return bytes.appendBytes(content);
    }
}

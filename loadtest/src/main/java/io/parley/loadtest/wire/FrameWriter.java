package io.parley.loadtest.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Puts together one masked frame after another in the same bytes. For use by one thread; what {@link #text} and
 * {@link #pong} return is valid until the next frame begins.
 */
public final class FrameWriter {
    private static final int MOST_HEADER = 14;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int TEXT = 1;
    private static final int PONG = 10;

    private byte[] bytes = new byte[1024];
    private int at = MOST_HEADER;

    public FrameWriter begin() {
        at = MOST_HEADER;
        return this;
    }

    public FrameWriter add(byte[] part) {
        return add(part, 0, part.length);
    }

    public FrameWriter add(byte[] part, int from, int to) {
        int length = to - from;
        room(length);
        System.arraycopy(part, from, bytes, at, length);
        at += length;
        return this;
    }

    public FrameWriter add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** A number that is not negative, in decimal digits. */
    public FrameWriter add(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        at += digits;
        return this;
    }

    public FrameWriter addUuid(long high, long low) {
        room(UuidText.LENGTH);
        UuidText.write(high, low, bytes, at);
        at += UuidText.LENGTH;
        return this;
    }

    /** What was added, as a text frame. */
    public ByteBuffer text() {
        return frame(TEXT);
    }

    /** What was added, as the answer to a ping of the WebSocket protocol. */
    public ByteBuffer pong() {
        return frame(PONG);
    }

    private ByteBuffer frame(int opcode) {
        int length = at - MOST_HEADER;
        int mask = ThreadLocalRandom.current().nextInt();
        mask(mask);
        int start = MOST_HEADER - 4;
        putBigEndian(mask & 0xffffffffL, start, 4);
        if (length < 126) {
            start -= 2;
            bytes[start + 1] = (byte) (MASKED | length);
        } else if (length < 1 << 16) {
            start -= 4;
            bytes[start + 1] = (byte) (MASKED | 126);
            putBigEndian(length, start + 2, 2);
        } else {
            start -= 10;
            bytes[start + 1] = (byte) (MASKED | 127);
            putBigEndian(length, start + 2, 8);
        }
        bytes[start] = (byte) (FIN | opcode);
        return ByteBuffer.wrap(bytes, start, at - start);
    }

    private void mask(int mask) {
        for (int i = MOST_HEADER, shift = 24; i < at; i++, shift = (shift - 8) & 31) {
            bytes[i] ^= (byte) (mask >>> shift);
        }
    }

    private void putBigEndian(long value, int from, int count) {
        for (int i = 0; i < count; i++) {
            bytes[from + i] = (byte) (value >>> (8 * (count - 1 - i)));
        }
    }

    private void room(int more) {
        if (at + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + more));
        }
    }
}

package io.parley.loadtest.wire;

import java.util.Arrays;

/** UUIDs between their text in a buffer and two longs, without objects. */
public final class UuidText {
    public static final int LENGTH = 36;

    private static final byte[] DIGITS = new byte[128];
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    static {
        Arrays.fill(DIGITS, (byte) 0);
        for (int i = 0; i < 16; i++) {
            DIGITS[HEX[i]] = (byte) i;
            DIGITS[Character.toUpperCase(HEX[i])] = (byte) i;
        }
    }

    private UuidText() {}

    /** The upper half of the UUID whose text begins at {@code from}. */
    public static long high(byte[] bytes, int from) {
        return hex(bytes, from, 8) << 32 | hex(bytes, from + 9, 4) << 16 | hex(bytes, from + 14, 4);
    }

    /** The lower half of the UUID whose text begins at {@code from}. */
    public static long low(byte[] bytes, int from) {
        return hex(bytes, from + 19, 4) << 48 | hex(bytes, from + 24, 12);
    }

    private static long hex(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 4 | DIGITS[bytes[i] & 0x7f];
        }
        return value;
    }

    /** Writes 36 characters. */
    public static void write(long high, long low, byte[] bytes, int at) {
        writeHex(high >>> 32, bytes, at, 8);
        bytes[at + 8] = '-';
        writeHex(high >>> 16, bytes, at + 9, 4);
        bytes[at + 13] = '-';
        writeHex(high, bytes, at + 14, 4);
        bytes[at + 18] = '-';
        writeHex(low >>> 48, bytes, at + 19, 4);
        bytes[at + 23] = '-';
        writeHex(low, bytes, at + 24, 12);
    }

    /** Writes the last {@code count} hexadecimal digits of a value. */
    public static void writeHex(long value, byte[] bytes, int at, int count) {
        long rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            bytes[i] = HEX[(int) (rest & 15)];
            rest >>>= 4;
        }
    }
}

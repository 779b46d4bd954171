package io.parley.loadtest.check;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * The texts of a load: the number of the send in sixteen hexadecimal digits, then words, all of one length. Plain
 * characters only, so that they look the same in every encoding of JSON.
 */
public final class Texts {
    /** The number of the send, with which every text begins. */
    public static final int NUMBER_LENGTH = 16;

    private static final String WORDS = " the loom weaves flowers and leaves, the engine weaves algebraical patterns;";

    private final byte[] words;

    /** @param length of every text, at least {@link #NUMBER_LENGTH} */
    public Texts(int length) {
        int rest = length - NUMBER_LENGTH;
        words = WORDS.repeat(rest / WORDS.length() + 1).substring(0, rest).getBytes(US_ASCII);
    }

    /** What follows the number; not to be changed. */
    public byte[] words() {
        return words;
    }

    /** Whether the bytes in [from, to) are the text of this send. */
    public boolean matches(int index, byte[] bytes, int from, int to) {
        return to - from == NUMBER_LENGTH + words.length
                && Arrays.equals(bytes, from + NUMBER_LENGTH, to, words, 0, words.length)
                && numberAt(bytes, from) == index;
    }

    private static long numberAt(byte[] bytes, int from) {
        long number = 0;
        for (int i = from; i < from + NUMBER_LENGTH; i++) {
            number = number << 4 | Character.digit(bytes[i], 16);
        }
        return number;
    }
}

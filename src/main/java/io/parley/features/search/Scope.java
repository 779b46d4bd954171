package io.parley.features.search;

import java.util.UUID;

/**
 * The keys that stand in front of the words of an index: five characters for a block of a conversation or for a tenant.
 * Two may have the same one by chance: rows are compared with what was wanted anyway.
 */
final class Scope {
    /** Messages of a block, as in {@code search_block}. */
    static final int BLOCK = 4096;

    private static final char[] DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/".toCharArray();
    private static final int KEY_CHARS = 5;
    private static final int PERSON_CHARS = 10;

    private Scope() {}

    static String ofBlock(UUID root, long block) {
        return text(mixed(root, block), KEY_CHARS);
    }

    static String ofTenant(UUID tenant) {
        return text(mixed(tenant, -1), KEY_CHARS);
    }

    /** A person in the words of a message. */
    static String ofPerson(UUID person) {
        return text(mixed(person, 0), PERSON_CHARS);
    }

    /** The finalizer of SplitMix64 over all bits: part of what is stored, so never change it. */
    private static long mixed(UUID id, long more) {
        return mixed(mixed(id.getMostSignificantBits() ^ mixed(more + 1)) ^ id.getLeastSignificantBits());
    }

    private static long mixed(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private static String text(long bits, int chars) {
        char[] text = new char[chars];
        for (int i = 0; i < chars; i++) {
            text[i] = DIGITS[(int) (bits >>> (6 * i)) & 63];
        }
        return new String(text);
    }
}

package io.parley.features.search.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The form in which characters are compared: case, width and compatibility forms folded everywhere; accents, tone marks
 * and points taken away where they are added to a letter (Latin with all of Vietnamese, Greek, Cyrillic, Hebrew, Arabic),
 * and kept where they are letters of their own (the vowels of Thai and of the scripts of India, the voicing of Kana).
 */
final class Folding {
    private static final Set<UnicodeScript> ACCENTED = EnumSet.of(
            UnicodeScript.LATIN,
            UnicodeScript.GREEK,
            UnicodeScript.CYRILLIC,
            UnicodeScript.HEBREW,
            UnicodeScript.ARABIC,
            UnicodeScript.COMMON,
            UnicodeScript.INHERITED);

    /** Folded forms of single characters below; filled as they are met. Losing a race writes the same again. */
    private static final String[] KNOWN = new String[0x2000];

    private Folding() {}

    /** @param cluster a character with the marks that follow it */
    static String fold(String cluster) {
        if (cluster.length() > 1) {
            return folded(cluster);
        }
        char c = cluster.charAt(0);
        if (c >= KNOWN.length) {
            return isItsOwn(c) ? cluster : folded(cluster);
        }
        String known = KNOWN[c];
        if (known == null) {
            known = folded(cluster);
            KNOWN[c] = known;
        }
        return known;
    }

    /** Kana, the common ideographs and Korean syllables: most of the texts in which they are. */
    private static boolean isItsOwn(char c) {
        return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FC) || (c >= 0x4E00 && c <= 0xD7A3);
    }

    private static String folded(String cluster) {
        // Decomposed before lower case, too, or what comes out of ℡ would keep its capitals.
        String lower = Normalizer.normalize(cluster, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        String letters = Normalizer.normalize(lower, Normalizer.Form.NFKD);
        StringBuilder kept = new StringBuilder(letters.length());
        boolean accented = ACCENTED.contains(UnicodeScript.of(letters.codePointAt(0)));
        letters.codePoints().filter(letter -> !(accented && isMark(letter))).forEach(letter -> append(kept, letter));
        return Normalizer.normalize(kept, Normalizer.Form.NFC);
    }

    /** Letters that no decomposition takes apart. */
    private static void append(StringBuilder to, int letter) {
        switch (letter) {
            case 'đ', 'ð' -> to.append('d');
            case 'ł' -> to.append('l');
            case 'ø' -> to.append('o');
            case 'ħ' -> to.append('h');
            case 'ı' -> to.append('i');
            case 'ς' -> to.append('σ');
            case 'ß' -> to.append("ss");
            case 'æ' -> to.append("ae");
            case 'œ' -> to.append("oe");
            case 'þ' -> to.append("th");
            case 'ـ' -> {} // only makes Arabic words longer
            default -> to.appendCodePoint(letter);
        }
    }

    static boolean isMark(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}

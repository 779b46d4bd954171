package io.parley.features.search.text;

import io.parley.features.search.text.Run.Unit;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Takes a text apart into {@link Run}s. One object for one text. */
final class Runs {
    /** Longer words are known by their beginning only: nobody types the rest, and an index entry has a page at most. */
    private static final int MOST_CHARS = 64;

    private static final Set<UnicodeScript> UNSPACED = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.YI,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR,
            UnicodeScript.TAI_LE,
            UnicodeScript.NEW_TAI_LUE,
            UnicodeScript.TAI_THAM,
            UnicodeScript.TAI_VIET,
            UnicodeScript.JAVANESE,
            UnicodeScript.BALINESE);

    private final String text;
    private final List<Run> runs = new ArrayList<>();
    private List<Unit> units = new ArrayList<>();
    private boolean spaced;
    private final StringBuilder word = new StringBuilder();
    private int wordStart;
    private int wordEnd;

    private Runs(String text) {
        this.text = text;
    }

    static List<Run> of(String text) {
        Runs runs = new Runs(text);
        int at = 0;
        while (at < text.length()) {
            at = runs.cluster(at);
        }
        runs.end();
        return runs.runs;
    }

    /** Reads a character with what belongs to it; answers where the next one begins. */
    private int cluster(int start) {
        int base = text.codePointAt(start);
        int end = start + Character.charCount(base);
        while (end < text.length() && joins(text.codePointAt(end))) {
            end += Character.charCount(text.codePointAt(end));
        }
        if (base < 0x80 && end == start + 1) {
            letter(base >= 'A' && base <= 'Z' ? base + 32 : base, start, end);
        } else if (isSymbol(base)) {
            end();
            append(base, start, end);
            spaced = true;
            end();
        } else if (Character.getType(base) != Character.FORMAT) {
            String folded = Folding.fold(text.substring(start, end));
            for (int i = 0; i < folded.length(); i += Character.charCount(folded.codePointAt(i))) {
                letter(folded.codePointAt(i), start, end);
            }
        }
        return end;
    }

    /** Marks, what is not seen (joiners, soft hyphens, skin tones), and the later parts of Korean syllables. */
    private static boolean joins(int codePoint) {
        return codePoint >= 0x80
                && (Folding.isMark(codePoint)
                        || Character.getType(codePoint) == Character.FORMAT
                        || (codePoint >= 0x1160 && codePoint <= 0x11FF)
                        || codePoint == 0xFF9E
                        || codePoint == 0xFF9F
                        || (codePoint >= 0x1F3FB && codePoint <= 0x1F3FF));
    }

    /** Emoji, each a word; of a flag each of its two letters. */
    private static boolean isSymbol(int codePoint) {
        return Character.isExtendedPictographic(codePoint) || (codePoint >= 0x1F1E6 && codePoint <= 0x1F1FF);
    }

    /** @param letter folded; one character of the text may be several of them */
    private void letter(int letter, int start, int end) {
        if (Character.isLetterOrDigit(letter)) {
            boolean inWord = isSpaced(letter);
            if (inWord != spaced && !isEmpty()) {
                end();
            }
            spaced = inWord;
            if (!inWord) {
                endUnit();
            }
            append(letter, start, end);
        } else if (letter >= 0x80 && Folding.isMark(letter)) {
            if (!word.isEmpty()) {
                append(letter, start, end);
            }
        } else if (Character.getType(letter) != Character.FORMAT) {
            end();
        }
    }

    private boolean isEmpty() {
        return units.isEmpty() && word.isEmpty();
    }

    /** What all scripts share, such as ー, belongs to what it stands behind. */
    private boolean isSpaced(int letter) {
        if (letter < 0x80) {
            return true;
        }
        UnicodeScript script = UnicodeScript.of(letter);
        boolean shared = script == UnicodeScript.COMMON || script == UnicodeScript.INHERITED;
        return shared ? isEmpty() || spaced : !UNSPACED.contains(script);
    }

    private void append(int letter, int start, int end) {
        if (word.isEmpty()) {
            wordStart = start;
        }
        wordEnd = end;
        if (word.length() < MOST_CHARS) {
            word.appendCodePoint(letter);
        }
    }

    private void endUnit() {
        if (!word.isEmpty()) {
            units.add(new Unit(word.toString(), wordStart, wordEnd));
            word.setLength(0);
        }
    }

    private void end() {
        endUnit();
        if (!units.isEmpty()) {
            runs.add(new Run(units, spaced));
            units = new ArrayList<>();
        }
    }
}

package io.parley.support;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The words by which names are found, of people and of conversations: folded, so that accents and case do not matter. */
public final class NameWords {
    private static final int MAX_WORD_CHARS = 64;

    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

    private NameWords() {}

    /** The words of a name; a part of a word is one, too. */
    public static List<String> of(String name) {
        return BLANKS.splitAsStream(Texts.fold(name))
                .flatMap(word -> Stream.concat(Stream.of(word), BETWEEN_WORDS.splitAsStream(word)))
                .filter(word -> !word.isEmpty())
                .map(NameWords::shortened)
                .distinct()
                .toList();
    }

    /**
     * The beginnings of words that somebody looks for, none of which begins another; none when he looks for nothing.
     *
     * @throws AppError {@code validation_failed}, of the parameter {@code q}
     */
    public static List<String> wanted(String q) {
        List<String> words = BLANKS.splitAsStream(Texts.fold(Texts.requireStorable("q", q)))
                .map(word -> shortened(word.startsWith("@") ? word.substring(1) : word))
                .distinct()
                .toList();
        return words.stream()
                .filter(word -> words.stream().noneMatch(other -> other.startsWith(word) && !other.equals(word)))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String shortened(String word) {
        int length = word.codePointCount(0, word.length());
        return length <= MAX_WORD_CHARS ? word : word.substring(0, word.offsetByCodePoints(0, MAX_WORD_CHARS));
    }
}

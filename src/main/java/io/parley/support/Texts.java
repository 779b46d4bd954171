package io.parley.support;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a text must be before it may go to the database, and the folded form in which names are compared. */
public final class Texts {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");

    private Texts() {}

    /**
     * Refuses what PostgreSQL cannot store and no client can show: U+0000 and lone surrogates. One such text would
     * fail the whole batch that it is in.
     *
     * @throws AppError {@code validation_failed}
     */
    public static String requireStorable(String field, String text) {
        String flaw = flaw(text);
        if (flaw != null) {
            throw AppError.field(field, "format", flaw);
        }
        return text;
    }

    /** What is wrong with a text that {@link #requireStorable} would refuse; null when nothing is. */
    public static @Nullable String flaw(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "must not contain U+0000";
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return "must not contain a lone surrogate";
                }
                i++;
            }
        }
        return null;
    }

    /** Length in bytes of UTF-8, the unit of all size limits. */
    public static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Case, accents and compatibility forms folded (Đ, Ł, Ø, ı and ß too, which have no decomposition), for search
     * and for uniqueness. Folding what is folded changes nothing.
     */
    public static String fold(String text) {
        // Decomposed before lower case, too, or what comes out of ℡ would keep its capitals.
        String lower = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        String letters = MARKS.matcher(Normalizer.normalize(lower, Normalizer.Form.NFKD))
                .replaceAll("")
                .replace('đ', 'd')
                .replace('ð', 'd')
                .replace('ł', 'l')
                .replace('ø', 'o')
                .replace('ı', 'i')
                .replace('ς', 'σ')
                .replace("ß", "ss");
        return Normalizer.normalize(letters, Normalizer.Form.NFC);
    }
}

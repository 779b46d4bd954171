package io.parley.features.reactions;

import io.parley.support.AppError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Which texts are emoji: the sequences that Unicode recommends for interchange, with their skin tones, joined ones, flags
 * and keycaps. Keyboards differ in whether they add the variation selectors that ask for the coloured form; with and
 * without them it is the same emoji, kept in the form that Unicode calls fully qualified.
 */
final class EmojiTable {
    private static final String SEQUENCES = "/emoji/sequences.txt";
    private static final String COMMENT = "//";

    private final Map<String, String> qualified;

    private EmojiTable(Map<String, String> qualified) {
        this.qualified = qualified;
    }

    static EmojiTable load() {
        try (InputStream file = Objects.requireNonNull(EmojiTable.class.getResourceAsStream(SEQUENCES))) {
            Map<String, String> qualified = HashMap.newHashMap(4_096);
            new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith(COMMENT))
                    .forEach(emoji -> qualified.put(bare(emoji), emoji));
            return new EmojiTable(qualified);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Without variation selectors. */
    private static String bare(String text) {
        return text.replace("\uFE0F", "").replace("\uFE0E", "");
    }

    /**
     * The one form in which this emoji is kept.
     *
     * @throws AppError {@code validation_failed} if it is none
     */
    String qualified(String text) {
        String emoji = qualified.get(bare(text));
        if (emoji == null) {
            throw AppError.field("emoji", "format", "is not an emoji");
        }
        return emoji;
    }
}

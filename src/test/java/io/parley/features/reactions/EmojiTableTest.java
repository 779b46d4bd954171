package io.parley.features.reactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.util.HashSet;
import java.util.Set;
import net.fellbaum.jemoji.Emoji;
import net.fellbaum.jemoji.EmojiManager;
import net.fellbaum.jemoji.Qualification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmojiTableTest {
    private final EmojiTable table = EmojiTable.load();

    @ParameterizedTest
    @CsvSource({
        "\u2764, \u2764\uFE0F", // heart
        "\u2764\uFE0F, \u2764\uFE0F",
        "\u2764\uFE0E, \u2764\uFE0F", // asked for in black and white
        "\uD83D\uDC4D, \uD83D\uDC4D", // thumbs up
        "\uD83D\uDC4D\uFE0F, \uD83D\uDC4D", // a selector that it does not need
        "1\u20E3, 1\uFE0F\u20E3", // keycap
        "\u261D\uFE0F\uD83C\uDFFD, \u261D\uD83C\uDFFD", // a finger, with a selector before its skin tone
        "\uD83D\uDC41\u200D\uD83D\uDDE8, \uD83D\uDC41\uFE0F\u200D\uD83D\uDDE8\uFE0F" // eye in speech bubble
    })
    void variationSelectorsMakeNoDifference(String said, String kept) {
        assertThat(table.qualified(said)).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D\uDC4D\uD83C\uDFFF", // skin tone
                "\uD83D\uDC69\uD83C\uDFFB\u200D\u2764\uFE0F\u200D\uD83D\uDC8B\u200D\uD83D\uDC69\uD83C\uDFFD", // kiss
                "\uD83C\uDDFB\uD83C\uDDF3", // Viet Nam
                "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC62\uDB40\uDC65\uDB40\uDC6E\uDB40\uDC67\uDB40\uDC7F", // England
                "#\uFE0F\u20E3"
            })
    void sequencesAreEmoji(String emoji) {
        assertThat(table.qualified(emoji)).isEqualTo(emoji);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "1",
                "#",
                ":heart:",
                "\uFE0F",
                "\u200D",
                "\uD83C\uDFFD", // a skin tone without anything that has it
                "\uD83D\uDC4D\uD83D\uDC4D", // two
                " \uD83D\uDC4D",
                "\uD83C\uDDFB", // half a flag
                "\uD83C\uDDFD\uD83C\uDDFD", // of no country
                "\uD83D\uDC4D\u200D\uD83D\uDC4D", // joined as nobody joins them
                "// Unicode"
            })
    void everythingElseIsRefused(String text) {
        AppError refused = catchThrowableOfType(AppError.class, () -> table.qualified(text));

        assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refused.errors()).extracting(AppError.FieldError::field).containsExactly("emoji");
    }

    /** Fails when the library knows of a newer Unicode than our table. */
    @Test
    void theTableIsThatOfTheLibrary() {
        Set<String> kept = new HashSet<>();
        Set<String> complete = new HashSet<>();
        for (Emoji emoji : EmojiManager.getAllEmojis()) {
            if (emoji.getQualification() != Qualification.COMPONENT) {
                kept.add(table.qualified(emoji.getEmoji()));
            }
            if (emoji.getQualification() == Qualification.FULLY_QUALIFIED) {
                complete.add(emoji.getEmoji());
            }
        }

        assertThat(kept).isEqualTo(complete).hasSizeGreaterThan(3_900);
    }
}

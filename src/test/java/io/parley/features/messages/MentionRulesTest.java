package io.parley.features.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.features.messages.MessageDraft.NewMention;
import io.parley.support.AppError;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MentionRulesTest {
    private static final UUID ADA = new UUID(0, 1);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@ada | ada",
                "Hello @ada! | ada",
                "(@ada) @bob, @cyd. | ada bob cyd",
                "@ada.lovelace. | ada.lovelace",
                "@Ada | Ada",
                "chào@ada | ''",
                "ada@example.org | ''",
                "https://example.org/@ada | ''",
                "@@ada | ''",
                "@ ada | ''",
                "'@ada-' | ada",
                "😀 @ada | ada"
            })
    void aNameBehindAnAtIsWritten(String text, String names) {
        assertThat(MentionRules.written(text).stream().map(MentionRules.Written::name))
                .containsExactly(names.isEmpty() ? new String[0] : names.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"`@ada`", "```\n@ada\n```", "``@ada` ``", "```java\n@Override\n", "a `b @ada c` d"})
    void inCodeNobodyIsMentioned(String text) {
        assertThat(MentionRules.written(text)).isEmpty();
    }

    @Test
    void besideCodeSomebodyIs() {
        assertThat(MentionRules.written("`x` @ada `y`")).hasSize(1);
        assertThat(MentionRules.written("a ` b @ada")).hasSize(1);
    }

    @Test
    void placesAreCountedInUtf16() {
        MentionRules.Written found = MentionRules.written("😀 @ada!").getFirst();

        assertThat(found.offset()).isEqualTo(3);
        assertThat(found.length()).isEqualTo(4);
    }

    @Test
    void someWordsMeanEverybody() {
        assertThat(MentionRules.written("@all @here @channel @Everyone @ada"))
                .extracting(MentionRules.Written::everybody)
                .containsExactly("all", "here", "all", "all", null);
    }

    @Test
    void thereAreNotMoreThanSomeInOneText() {
        assertThat(MentionRules.written("@ada ".repeat(2_000))).hasSize(MentionRules.MOST);
    }

    /** Many back-quotes that begin nothing, many ats: what is read must not be read again and again. */
    @ParameterizedTest
    @ValueSource(strings = {"`a", "@", "``` ", "` `` ``` ", "@a.", "`@ada ``"})
    void hostileTextsAreReadThrough(String part) {
        assertThatCode(() -> MentionRules.written(part.repeat(16_384 / part.length())))
                .doesNotThrowAnyException();
    }

    @Test
    void namedOnesMustLieInTheTextBesideEachOther() {
        String text = "Hi @ada and @bob";
        MentionRules.requireFit(List.of(at(12, 4), at(3, 4)), text);
        for (List<NewMention> wrong : List.of(
                List.of(at(-1, 2)),
                List.of(at(3, 0)),
                List.of(at(12, 5)),
                List.of(at(Integer.MAX_VALUE, 2)),
                List.of(at(0, Integer.MAX_VALUE)),
                List.of(at(3, 4), at(6, 4)),
                List.of(new NewMention(null, null, 0, 2)),
                List.of(new NewMention(ADA, "all", 0, 2)),
                List.of(new NewMention(null, "somebody", 0, 2)),
                Collections.nCopies(51, at(0, 1)))) {
            assertThatThrownBy(() -> MentionRules.requireFit(wrong, text))
                    .as(Arrays.toString(wrong.toArray()))
                    .isInstanceOf(AppError.class);
        }
    }

    private static NewMention at(int offset, int length) {
        return new NewMention(ADA, null, offset, length);
    }
}

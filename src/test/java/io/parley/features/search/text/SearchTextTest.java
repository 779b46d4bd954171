package io.parley.features.search.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.features.search.text.Highlights.Range;
import io.parley.support.AppError;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            xin chao             | Xin chào các bạn          | true
            cha                  | Xin chào các bạn          | true
            "cha"                | Xin chào các bạn          | false
            xi chao              | Xin chào các bạn          | false
            xi* chao             | Xin chào các bạn          | true
            "chao cac"           | Xin chào các bạn          | true
            "chao ban"           | Xin chào các bạn          | false
            “cac ban”            | Xin chào các bạn          | true
            chao -ban            | Xin chào các bạn          | false
            chao -ba             | Xin chào các bạn          | true
            chao -ba*            | Xin chào các bạn          | false
            chao -"ban cac"      | Xin chào các bạn          | true
            đường                | duong pho                 | true
            duong                | Đường phố                 | true
            京都                 | 東京都                    | true
            東                   | 東京都                    | true
            都                   | 東京都                    | true
            東都                 | 東京都                    | false
            ข้าว                  | กินข้าวกัน                  | true
            snake_ca             | a snake_case              | true
            a.b                  | b a                       | false
            手机 iphone          | iPhone手机x               | true
            "iphone手机x"        | iPhone手机x               | true
            👍                   | well 👍🏽                   | true
            "unfinished phrase   | an unfinished phrase here | true
            """)
    void whatIsTypedIsFound(String typed, String text, boolean found) {
        assertThat(Highlights.matches(text, SearchText.of(typed))).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "?!", "-", "\"\"", "*", "-\"", "\"?\" -'"})
    void nothingThatCouldBeFoundIsNothing(String typed) {
        assertThat(SearchText.of(typed).isNothing()).isTrue();
    }

    @Test
    void moreWordsThanAnybodyTypesAreRefused() {
        String many =
                String.join(" ", IntStream.range(0, 17).mapToObj(i -> "w" + i).toList());

        assertThatThrownBy(() -> SearchText.of(many)).isInstanceOf(AppError.class);
        assertThatThrownBy(() -> SearchText.of("東京".repeat(100))).isInstanceOf(AppError.class);
    }

    @Test
    void rangesAreOfTheTextAsItIsWritten() {
        String text = "<b>Chào</b> & chao 𝒳chào";

        List<Range> ranges = Highlights.in(text, SearchText.of("chao"));

        assertThat(ranges.stream().map(range -> text.substring(range.offset(), range.end())))
                .containsExactly("Chào", "chao");
    }

    @Test
    void ofAPairOnlyTheCharacterThatWasTypedIsMarked() {
        assertThat(Highlights.in("東京都", SearchText.of("京"))).containsExactly(new Range(1, 1));
        assertThat(Highlights.in("東京都庁", SearchText.of("京都庁"))).containsExactly(new Range(1, 3));
    }

    @Test
    void aTextFullOfHitsHasSoManyRanges() {
        assertThat(Highlights.in("a b ".repeat(500), SearchText.of("\"a\""))).hasSize(100);
    }
}

package io.parley.support;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final UUID ID = UUID.fromString("019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01");

    record Word(String text) {}

    record Count(long number) {}

    record Small(int number) {}

    record Flag(boolean on) {}

    record Named(UUID id) {}

    record Outer(List<Word> words) {}

    record Stored(UUID id, Instant at, @Nullable String note, List<Word> words, long number) {}

    private static AppError refusal(Runnable step) {
        AppError refused = catchThrowableOfType(AppError.class, step::run);
        assertThat(refused).as("refused").isNotNull();
        return refused;
    }

    private static <T> T read(String text, Class<T> type) {
        return Json.read(Json.parse(text.getBytes(UTF_8)), type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"a\":1}x",
                "{} {}",
                "1 2",
                "{\"a\":1,}",
                "{\"a\":1,\"a\":1}",
                "{\"b\":[{\"a\":1,\"\\u0061\":2}]}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":+1}",
                "{\"a\":0x10}",
                "{\"a\":1}//",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "\uFEFF{}"
            })
    void whatIsNotStrictJsonIsMalformed(String text) {
        AppError error = refusal(() -> Json.parse(text.getBytes(UTF_8)));

        assertThat(error.code()).isEqualTo(ErrorCode.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff",
                "80",
                "c3",
                "c080",
                "c1bf",
                "e08080",
                "eda080",
                "edbfbf",
                "f08080af",
                "f4908080",
                "f5808080",
                "fe",
                "e282",
                "f09f98"
            })
    void whatIsNotUtf8IsMalformedInTextsAndNames(String bad) {
        for (String frame : List.of("{\"a\":\"%s\"}", "{\"%s\":1}", "\"%s\"")) {
            String[] halves = frame.split("%s", 2);
            byte[] bytes = Buffer.buffer(halves[0])
                    .appendBytes(HexFormat.of().parseHex(bad))
                    .appendString(halves[1])
                    .getBytes();

            assertThat(refusal(() -> Json.parse(bytes)).code()).isEqualTo(ErrorCode.MALFORMED);
        }
    }

    @Test
    void otherEncodingsAreNotGuessed() {
        for (Charset charset : List.of(UTF_16LE, Charset.forName("UTF-16BE"), Charset.forName("UTF-32BE"))) {
            assertThat(refusal(() -> Json.parse("{\"a\":1}".getBytes(charset))).code())
                    .isEqualTo(ErrorCode.MALFORMED);
        }
    }

    @Test
    void everyPlaneOfUnicodeIsRead() {
        assertThat(read("{\"text\":\"aß€😀\\ud83d\\ude00\"}", Word.class).text())
                .isEqualTo("aß€😀😀");
    }

    @Test
    @Timeout(10)
    void hostileSizesAreRefusedAtOnce() {
        List<String> hostile = List.of(
                "[".repeat(100_000),
                "[".repeat(100_000) + "]".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "{\"number\":" + "9".repeat(10_000_000) + "}",
                "{\"number\":0." + "9".repeat(1_000_000) + "}",
                "{\"number\":1e" + "9".repeat(1_000_000) + "}",
                "{\"" + "n".repeat(1_000_000) + "\":1}");
        for (String text : hostile) {
            byte[] bytes = text.getBytes(UTF_8);
            AppError error = refusal(() -> Json.parse(bytes));
            assertThat(error.code()).isEqualTo(ErrorCode.MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e999999", "-1e999999", "1e400", "9223372036854775808", "-9223372036854775809", "1.0", "1e3"})
    void numbersThatAreNoWholeLongsAreRefusedWithTheirField(String number) {
        AppError error = refusal(() -> read("{\"number\":" + number + "}", Count.class));

        assertThat(error.errors()).extracting(AppError.FieldError::field).containsExactly("number");
    }

    @Test
    void numbersUpToTheirBoundsAreRead() {
        assertThat(read("{\"number\":9223372036854775807}", Count.class).number())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(read("{\"number\":-2147483648}", Small.class).number()).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void anIntBeyondItsBoundsIsNotCut() {
        assertThat(refusal(() -> read("{\"number\":4294967297}", Small.class)).errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "\"\"", "true", "null", "[1]", "{}"})
    void nothingBecomesANumber(String value) {
        assertThat(refusal(() -> read("{\"number\":" + value + "}", Count.class))
                        .errors())
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(tuple("number", "type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.5", "true", "[\"a\"]", "{}"})
    void nothingBecomesAText(String value) {
        assertThat(refusal(() -> read("{\"text\":" + value + "}", Word.class)).errors())
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(tuple("text", "type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "\"true\"", "\"\"", "null", "[true]"})
    void nothingBecomesAFlag(String value) {
        assertThat(refusal(() -> read("{\"on\":" + value + "}", Flag.class)).errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"\"", "\"AZqh8FweejucUy9qDB1OAQ==\"", "\"1-1-1-1-1\"", "[]", "{}", "true"})
    void idsAreReadInTheirCanonicalFormOnly(String value) {
        assertThat(refusal(() -> read("{\"id\":" + value + "}", Named.class)).errors())
                .extracting(AppError.FieldError::field)
                .containsExactly("id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"\"", "[]", "\"text\""})
    void onlyAnObjectBecomesARecord(String text) {
        assertThat(refusal(() -> read(text, Word.class)).code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void anUnknownFieldIsRefusedWithItsPath() {
        assertThat(refusal(() -> read("{\"words\":[{\"text\":\"a\"},{\"text\":\"b\",\"size\":1}]}", Outer.class))
                        .errors())
                .extracting(AppError.FieldError::field, AppError.FieldError::code)
                .containsExactly(tuple("words[1].size", "unknown"));
    }

    @Test
    void aRefusalNeverShowsTheValue() {
        AppError error = refusal(() -> read("{\"text\":{\"password\":\"hunter2\"}}", Word.class));

        assertThat(error.detail() + error.errors()).doesNotContain("hunter2");
    }

    @Test
    void u0000IsReadForTheRulesToRefuse() {
        assertThat(read("{\"text\":\"a\\u0000\"}", Word.class).text()).isEqualTo("a\0");
    }

    @Test
    void whatIsEncodedIsDecodedAlike() {
        Stored stored = new Stored(ID, Instant.parse("2026-11-20T09:15:30.120Z"), null, List.of(new Word("😀")), 7);

        assertThat(Json.decode(Json.encode(stored), Stored.class)).isEqualTo(stored);
    }

    @Test
    void timesHaveThreeDecimalsAndNothingIsLeftOut() {
        Stored stored = new Stored(ID, Instant.parse("2026-11-20T09:15:30.123987Z"), null, List.of(), 0);

        assertThat(Json.text(stored))
                .isEqualTo("{\"id\":\"%s\",\"at\":\"2026-11-20T09:15:30.123Z\",\"words\":[],\"number\":0}", ID);
    }

    @Test
    void aLoneSurrogateCanBeEchoed() {
        assertThat(Json.encode(new Word("\ud800")).toString()).isEqualTo("{\"text\":\"\\uD800\"}");
    }

    @Test
    void aPeerOfAnotherVersionIsADefect() {
        assertThatThrownBy(() -> Json.decode(Buffer.buffer("{\"other\":1}"), Word.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a Word");
    }
}

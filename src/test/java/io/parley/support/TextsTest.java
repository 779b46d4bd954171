package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {
    private static final String[] PIECES = {
        "a", "Z", "ß", "İ", "ı", "Đ", "ơ", "ﬁ", "℡", "ς", "Σ", "가", "😀", "\u0301", "\u0000", "\ud83d", "\ude00", "Å",
        "ŉ", "ǅ", "𝐀"
    };

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "a\u0000b",
                "\ud800",
                "a\ud800",
                "\ud800a",
                "\udc00",
                "a\udc00",
                "\ude00\ud83d",
                "\ud83d\ud83d\ude00",
                "\ud83d\ude00\ude00"
            })
    void whatTheDatabaseCannotStoreIsRefused(String text) {
        AppError error = catchThrowableOfType(AppError.class, () -> Texts.requireStorable("message.text", text));

        assertThat(error.errors())
                .singleElement()
                .satisfies(flaw -> assertThat(flaw.field()).isEqualTo("message.text"));
    }

    @Test
    void aTextIsStorableWhenItSurvivesUtf8AndHasNoZero() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = random(random);
            boolean survives = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(text);

            assertThat(Texts.flaw(text) == null)
                    .as("seed %d: %s", seed, Json.text(text))
                    .isEqualTo(survives && text.indexOf(0) < 0);
        }
    }

    @Test
    void lengthsAreInBytes() {
        assertThat(Texts.utf8Length("aß€😀")).isEqualTo(1 + 2 + 3 + 4);
    }

    @ParameterizedTest
    @CsvSource({
        "Nguyễn Thị Ánh, nguyen thi anh",
        "ĐẶNG đường, dang duong",
        "İstanbul, istanbul",
        "ISPARTA ısparta, isparta isparta",
        "Straße STRASSE STRAẞE, strasse strasse strasse",
        "ﬁle ﬀ, file ff",
        "℡ 𝐀𝐛, tel ab",
        "ΟΔΟΣ ὁδός, οδοσ οδοσ",
        "Łódź Ørsted, lodz orsted",
        "Ⅷ ｆｕｌｌ, viii full",
        "e\u0301 é, e e",
        "가각, 가각",
        "Ада 世界 😀, ада 世界 😀",
    })
    void foldingForgetsCaseAndAccents(String text, String folded) {
        assertThat(Texts.fold(text)).isEqualTo(folded);
    }

    @Test
    void foldingTwiceIsFoldingOnce() {
        for (int point = 1; point < 0x20000; point++) {
            if (Character.isLetter(point) && !Character.isIdeographic(point)) {
                String folded = Texts.fold(Character.toString(point));
                assertThat(Texts.fold(folded)).as("U+%X", point).isEqualTo(folded);
            }
        }
    }

    @Test
    void upperAndLowerCaseFoldAlike() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String text = random(random);
            assertThat(Texts.fold(text.toUpperCase(Locale.ROOT)))
                    .as("seed %d: %s", seed, Json.text(text))
                    .isEqualTo(Texts.fold(text));
        }
    }
}

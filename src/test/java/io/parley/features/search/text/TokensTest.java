package io.parley.features.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
    private static List<String> words(String text) {
        return Tokens.of(text).stream().map(Token::lexeme).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Tiếng Việt có sáu thanh điệu        | tieng viet co sau thanh dieu
            ĐƯỜNG Đặng Thuỳ Trâm                | duong dang thuy tram
            ả à ã á ạ ă ằ ẵ ắ ặ â ầ ẫ ấ ậ        | a a a a a a a a a a a a a a a
            ơ ờ ỡ ớ ợ ư ừ ữ ứ ự ỹ ỵ Ỷ            | o o o o o u u u u u y y y
            Straße Æon Łódź İstanbul ısı        | strasse aeon lodz istanbul isi
            Ὀδυσσεύς ЁЛКА                       | οδυσσευσ елка
            ＦＵＬＬ ﬁne ①                       | full fine 1
            don't l'homme snake_case a.b@c.org  | don t l homme snake case a b c org
            soft­hyphen                         | softhyphen
            שָׁלוֹם مُحَمَّد                        | שלום محمد
            """)
    void wordsAreFolded(String text, String folded) {
        List<String> wanted = List.of(folded.split(" "));

        assertThat(words(text)).isEqualTo(wanted);
        assertThat(words(Normalizer.normalize(text, Form.NFD))).isEqualTo(wanted);
        assertThat(words(Normalizer.normalize(text, Form.NFC))).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            東京都   | 東京 京都 都
            iPhone手机x | iphone 手机 机 x
            カメラー | カメ メラ ラー ー
            กินข้าว  | กิน นข้ ข้า าว ว
            한국어 말 | 한국어 말
            👍🏽ok👨‍👩‍👧 | 👍 ok 👨 👩 👧
            """)
    void scriptsWithoutSpacesComeInPairs(String text, String lexemes) {
        assertThat(words(text)).isEqualTo(List.of(lexemes.split(" ")));
    }

    @Test
    void voicedKanaAreLettersOfTheirOwnHoweverTheyAreEncoded() {
        assertThat(words("ガ")).isEqualTo(words("ｶﾞ")).isEqualTo(words("ガ")).isNotEqualTo(words("カ"));
    }

    @Test
    void koreanSyllablesAreTheSameHoweverTheyAreEncoded() {
        assertThat(words(Normalizer.normalize("한국어", Form.NFD))).containsExactly("한국어");
    }

    @Test
    void tokensTellWhereTheyComeFrom() {
        String text = "a Tiê" + Normalizer.normalize("́", Form.NFD) + "ng 𝒳";

        Token word = Tokens.of(text).get(1);

        assertThat(text.substring(word.start(), word.end())).isEqualTo("Tiế".length() == 3 ? text.substring(2, 8) : "");
        assertThat(word.lexeme()).isEqualTo("tieng");
        assertThat(Tokens.of(text).getLast().lexeme()).isEqualTo("x");
    }

    @Test
    void aLongWordIsKnownByItsBeginning() {
        assertThat(words("a".repeat(5_000))).containsExactly("a".repeat(64));
    }

    @Test
    void anyTextGivesPlacesInOrderAndWordsThatNeedNoEscape() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            String text = random.ints(random.nextInt(40), 1, 0x20000)
                    .filter(c -> c < 0xD800 || c > 0xDFFF)
                    .map(c -> random.nextBoolean() ? c : c % 0x500 + 1)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            List<Token> tokens = Tokens.of(text);
            int at = 0;
            for (int place = 0; place < tokens.size(); place++) {
                Token token = tokens.get(place);
                assertThat(token.position()).as("seed %s", seed).isEqualTo(place + 1);
                assertThat(token.start())
                        .as("seed %s", seed)
                        .isGreaterThanOrEqualTo(at)
                        .isLessThan(token.end());
                assertThat(token.headEnd()).isBetween(token.start() + 1, token.end());
                assertThat(token.lexeme()).as("seed %s", seed).isNotEmpty().doesNotContain("'", "\\", " ", "=");
                at = token.start();
            }
        }
    }
}

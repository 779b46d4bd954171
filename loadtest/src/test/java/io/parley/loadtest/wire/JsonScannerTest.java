package io.parley.loadtest.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JsonScannerTest {
    private final JsonScanner scanner = new JsonScanner();

    private void start(String json) {
        byte[] bytes = ("xx" + json + "xx").getBytes(UTF_8);
        scanner.start(bytes, 2, bytes.length - 2);
    }

    private static byte[] word(String word) {
        return word.getBytes(UTF_8);
    }

    @Test
    void fieldsAreFoundBehindValuesOfEveryKind() {
        start(" { \"a\" : {\"x\":[1,{\"y\":\"]}\"}],\"z\":null}, \"b\":[[],{}], \"c\":\"\\\"}\\\\\", \"d\":-1.5e3,"
                + " \"e\":true,\"wanted\":42 } ");

        scanner.enterObject();
        long found = 0;
        int fields = 0;
        while (scanner.nextField()) {
            fields++;
            if (scanner.keyIs(word("wanted"))) {
                found = scanner.integer();
            } else {
                scanner.skip();
            }
        }

        assertThat(found).isEqualTo(42);
        assertThat(fields).isEqualTo(6);
    }

    @Test
    void arraysAreWalkedThroughAndPositionsReturnedTo() {
        start("[{\"n\":1},{\"n\":-2},{}]");

        scanner.enterArray();
        assertThat(scanner.nextElement()).isTrue();
        int second = scanner.position();
        scanner.skip();
        scanner.returnTo(second);
        scanner.enterObject();
        assertThat(scanner.nextField()).isTrue();
        assertThat(scanner.integer()).isEqualTo(1);
        assertThat(scanner.nextField()).isFalse();
        assertThat(scanner.nextElement()).isTrue();
        scanner.enterObject();
        assertThat(scanner.nextField()).isTrue();
        assertThat(scanner.integer()).isEqualTo(-2);
        assertThat(scanner.nextField()).isFalse();
        assertThat(scanner.nextElement()).isTrue();
        scanner.skip();
        assertThat(scanner.nextElement()).isFalse();
    }

    @Test
    void textsAreComparedAsTheyStandThere() {
        start("[\"grüße\",null,\"a\\\"b\"]");

        scanner.enterArray();
        scanner.nextElement();
        scanner.text();
        assertThat(scanner.textIs(word("grüße"))).isTrue();
        scanner.nextElement();
        assertThat(scanner.textOrNull()).isFalse();
        scanner.nextElement();
        scanner.text();
        assertThat(scanner.textIs(word("a\\\"b"))).isTrue();
        assertThat(scanner.nextElement()).isFalse();
    }

    @Test
    void whatEndsTooEarlyIsRefused() {
        start("{\"a\":");

        scanner.enterObject();
        scanner.nextField();

        assertThatThrownBy(scanner::enterObject).isInstanceOf(IllegalStateException.class);
    }
}

package io.parley.loadtest.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    @Test
    void onATerminalTheProgressChangesInPlaceAndNeverWraps() {
        Terminal terminal = new Terminal(out, 8);
        terminal.progress("0123456789");
        terminal.progress("abc");
        terminal.say("done");

        assertThat(bytes.toString(UTF_8)).isEqualTo("\r\u001b[K0123456\r\u001b[Kabc\r\u001b[Kdone\n");
    }

    @Test
    void elsewhereItIsALineNowAndThen() {
        Terminal terminal = new Terminal(out, 0);
        for (int i = 1; i <= 11; i++) {
            terminal.progress("second " + i);
        }

        assertThat(bytes.toString(UTF_8)).isEqualTo("second 5\nsecond 10\n");
    }
}

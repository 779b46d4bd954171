package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private long now;
    private final Patience patience = new Patience(() -> now);

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void doublesWithEachTimeThatWasInVainUpToALimit() {
        for (long expected = Patience.LEAST_MS; expected < Patience.MOST_MS; expected *= 2) {
            assertThat(patience.millis()).isEqualTo(expected);
            patience.askedInVain();
            pass(expected * 2);
        }
        patience.askedInVain();
        assertThat(patience.millis()).isEqualTo(Patience.MOST_MS);
    }

    @Test
    void manyThatWereLateTogetherCountOnce() {
        for (int i = 0; i < 100; i++) {
            patience.askedInVain();
        }
        assertThat(patience.millis()).isEqualTo(2 * Patience.LEAST_MS);
    }

    @Test
    void fallsStepByStepWhenNothingWasInVain() {
        patience.askedInVain();
        pass(200);
        patience.askedInVain();
        assertThat(patience.millis()).isEqualTo(4 * Patience.LEAST_MS);

        pass(9_999);
        assertThat(patience.millis()).isEqualTo(4 * Patience.LEAST_MS);
        pass(1);
        assertThat(patience.millis()).isEqualTo(2 * Patience.LEAST_MS);
        pass(60_000);
        assertThat(patience.millis()).isEqualTo(Patience.LEAST_MS);
    }
}

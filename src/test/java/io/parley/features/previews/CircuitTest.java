package io.parley.features.previews;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private long now = 5;
    private final Circuit circuit = new Circuit(() -> now);

    private void silent(int hosts) {
        for (int i = 0; i < hosts; i++) {
            circuit.silent(i + ".example");
        }
    }

    @Test
    void oneHostThatDoesNotAnswerSaysNothingOfTheNetwork() {
        for (int i = 0; i < 100; i++) {
            circuit.silent("one.example");
        }

        assertThat(circuit.open()).isFalse();
        assertThat(circuit.allows(8, 0)).isEqualTo(8);
    }

    @Test
    void severalInARowDo() {
        silent(8);

        assertThat(circuit.open()).isTrue();
        assertThat(circuit.allows(8, 0)).isZero();
    }

    @Test
    void anAnswerAmongThemMeansThatTheyAreToBlame() {
        silent(7);
        circuit.answered();
        silent(7);

        assertThat(circuit.open()).isFalse();
    }

    @Test
    void afterAPauseOneAtATimeIsTriedUntilOneAnswers() {
        silent(8);
        now += Duration.ofSeconds(29).toNanos();
        assertThat(circuit.allows(8, 0)).isZero();
        now += Duration.ofSeconds(2).toNanos();

        assertThat(circuit.allows(8, 0)).isEqualTo(1);
        assertThat(circuit.allows(8, 1)).isZero();
        circuit.silent("again.example");
        assertThat(circuit.allows(8, 0)).isZero();
        now += Duration.ofSeconds(31).toNanos();
        circuit.answered();
        assertThat(circuit.allows(8, 1)).isEqualTo(8);
    }
}

package io.parley.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void ratesAreListsAndRanges() {
        Arguments arguments = new Arguments(List.of("--rate", "500,1000-3000/1000", "--gc", "--seconds", "5"));

        assertThat(arguments.numbers("rate", "1")).containsExactly(500.0, 1000.0, 2000.0, 3000.0);
        assertThat(arguments.flag("gc", false)).isTrue();
        assertThat(arguments.number("seconds", 20)).isEqualTo(5);
        assertThat(arguments.number("people", 20)).isEqualTo(20);
        arguments.requireAllKnown();
    }

    @Test
    void mistakesAreToldByName() {
        Arguments arguments = new Arguments(List.of("--rate", "fast", "--colour", "red"));

        assertThatThrownBy(() -> arguments.numbers("rate", "1")).hasMessageContaining("--rate");
        assertThatThrownBy(arguments::requireAllKnown).hasMessageContaining("--colour");
        assertThatThrownBy(() -> new Arguments(List.of("red"))).hasMessageContaining("red");
    }
}

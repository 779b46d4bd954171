package io.parley.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void wordsChangesAndOptionsAreToldApart() {
        Arguments arguments =
                new Arguments(List.of("rooms", "people=20", "--ws", "ws://a/ws,ws://b/ws", "rooms.0.size=5"));

        assertThat(arguments.word(0, "scenario")).isEqualTo("rooms");
        assertThat(arguments.changes()).containsEntry("people", "20").containsEntry("rooms.0.size", "5");
        assertThat(arguments.list("ws")).containsExactly("ws://a/ws", "ws://b/ws");
        assertThat(arguments.option("data", "data")).isEqualTo("data");
        arguments.requireNoMore(1);
    }

    @Test
    void mistakesAreToldByName() {
        Arguments arguments = new Arguments(List.of("rooms", "stray", "--colour", "red"));

        assertThatThrownBy(() -> arguments.requireNoMore(2)).hasMessageContaining("--colour");
        assertThat(arguments.option("colour")).isEqualTo("red");
        assertThatThrownBy(() -> arguments.requireNoMore(1)).hasMessageContaining("stray");
        assertThatThrownBy(() -> new Arguments(List.of("--colour"))).hasMessageContaining("--colour");
        assertThatThrownBy(() -> new Arguments(List.of()).word(0, "which scenario"))
                .hasMessageContaining("which");
    }
}

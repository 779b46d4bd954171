package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerProcessTest {

    private Process sleep;

    @BeforeEach
    void startSleep() throws Exception {
        sleep = new ProcessBuilder("sleep", "60.001", "0.002").start();
    }

    @AfterEach
    void endSleep() {
        sleep.destroyForcibly().onExit().join();
    }

    @Test
    void aServerIsFoundByProgramAndFirstArguments() {
        assertThat(new ServerProcess("sleep", List.of("60.001")).find()).contains(sleep.toHandle());
        assertThat(new ServerProcess("sleep", List.of("60.001", "0.002")).find())
                .contains(sleep.toHandle());
    }

    @Test
    void anythingElseIsAStranger() {
        assertThat(new ServerProcess("postgres", List.of("60.001")).matches(sleep.toHandle()))
                .isFalse();
        assertThat(new ServerProcess("sleep", List.of("0.002")).matches(sleep.toHandle()))
                .isFalse();
        assertThat(new ServerProcess("sleep", List.of("60.001", "0.002", "0.003")).matches(sleep.toHandle()))
                .isFalse();
    }
}

package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private ServerLog log;

    @BeforeEach
    void newLog() {
        log = new ServerLog(directory.resolve("server.log"));
    }

    @Test
    void whatAProgramPrintsIsAppended() throws Exception {
        log.run("it", LONG, "one\n", List.of("cat"));
        log.run("it", LONG, "", List.of("sh", "-c", "echo two >&2"));

        assertThat(log.file()).hasContent("one\ntwo");
    }

    @Test
    void aFailureQuotesTheGravestLineOfThisRun() throws Exception {
        log.run("it", LONG, "FATAL: of yesterday\n", List.of("cat"));

        assertThatThrownBy(() -> log.run("it", LONG, "", shell("echo FATAL: disk full; echo bye; exit 3")))
                .isInstanceOf(EmbeddedException.class)
                .hasMessage("it failed: FATAL: disk full (log: " + log.file() + ")");
        assertThatThrownBy(() -> log.run("it", LONG, "", shell("echo first; echo last; exit 3")))
                .hasMessageContaining("it failed: last (log");
        assertThatThrownBy(() -> log.run("it", LONG, "", shell("exit 3")))
                .hasMessageContaining("it failed: nothing was logged (log");
    }

    @Test
    void aProgramThatHangsIsEnded() {
        assertThatThrownBy(() -> log.run("it", Duration.ofMillis(100), "", List.of("sleep", "60")))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("it did not end within");
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> log.run("it", LONG, "", List.of("sleep", "60")))
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }
}

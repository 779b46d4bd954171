package io.parley.support;

import static net.logstash.logback.argument.StructuredArguments.kv;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final Logger log = LoggerFactory.getLogger("parley.test");

    @AfterEach
    void backToTheDefault() {
        Logging.apply(new Config.Log("plain", "info"));
    }

    @Test
    void aLineCannotBeForgedByWhatIsLogged() throws Exception {
        List<String> lines = logged("plain", "info", () -> {
            log.warn("name={}", "x\r\n2026-01-01T00:00:00Z INFO forged\u001b[31m\u2028\u0085y");
            log.error("failed", new IllegalStateException("broken\n2026-01-01T00:00:00Z INFO forged"));
            return null;
        });

        assertThat(lines).noneMatch(line -> line.startsWith("2026-01-01"));
        assertThat(lines.getFirst()).endsWith("parley.test - name=x??2026-01-01T00:00:00Z INFO forged?[31m??y");
        assertThat(lines).anyMatch(line -> line.startsWith("\tat io.parley.support.LoggingTest"));
    }

    @Test
    void jsonLinesCarryIdsAsFields() throws Exception {
        List<String> lines = logged("json", "info", () -> {
            log.info("{} \n done", kv("request", "abc"));
            return null;
        });

        assertThat(lines).singleElement().satisfies(line -> {
            var tree = Json.mapper().readTree(line);
            assertThat(tree.path("request").asText()).isEqualTo("abc");
            assertThat(tree.path("message").asText()).isEqualTo("request=abc \n done");
            assertThat(tree.path("level").asText()).isEqualTo("INFO");
            assertThat(tree.has("time")).isTrue();
        });
    }

    @Test
    void theLevelOfTheConfigurationHoldsAndLibrariesAreTamed() throws Exception {
        List<String> lines = logged("plain", "debug", () -> {
            log.debug("ours");
            LoggerFactory.getLogger("io.netty.channel").info("theirs");
            LoggerFactory.getLogger("com.hazelcast.core").warn("a warning of theirs");
            return null;
        });

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).endsWith("ours");
    }

    /** What is written while {@code work} runs; stopping flushes the queue. */
    private static List<String> logged(String format, String level, Callable<?> work) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            Logging.apply(new Config.Log(format, level));
            work.call();
            Logging.stop();
        } finally {
            System.setOut(before);
        }
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}

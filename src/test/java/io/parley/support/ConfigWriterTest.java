package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWriterTest {
    @Test
    void whatIsWrittenIsReadAsTheSame(@TempDir Path directory) throws IOException {
        Config config = ConfigLoader.load(
                null,
                Map.of(
                        "PARLEY_DATA", directory.toString(),
                        "PARLEY_REDIS_PASSWORD", "a: \"b\" # {c}",
                        "PARLEY_CLUSTER_MEMBERS", "10.0.0.1,10.0.0.2:5801",
                        "PARLEY_JOURNAL_REPAIR", "false"));
        Path file = Files.writeString(directory.resolve("written.yaml"), ConfigWriter.yaml(config));

        Config read = ConfigLoader.load(file, Map.of());

        assertThat(ConfigWriter.yaml(read)).isEqualTo(ConfigWriter.yaml(config));
        assertThat(read.redis().password().reveal()).isEqualTo("a: \"b\" # {c}");
    }
}

package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {

    @TempDir
    private Path directory;

    @Test
    void aPasswordIsMadeOnceAndKept() throws Exception {
        Path file = directory.resolve("password");

        String password = PrivateFiles.password(file);

        assertThat(password).matches("[A-Za-z0-9_-]{43}").isEqualTo(PrivateFiles.password(file));
        assertThat(PrivateFiles.password(directory.resolve("other"))).isNotEqualTo(password);
    }

    @Test
    void aDraftThatWasCutShortIsNoObstacle() throws Exception {
        Path file = directory.resolve("redis.conf");
        Files.writeString(directory.resolve("redis.conf.unfinished"), "half a li");
        Files.writeString(file, "old");

        PrivateFiles.write(file, "new");

        assertThat(file).hasContent("new");
        assertThat(directory.toFile().list()).containsExactly("redis.conf");
    }
}

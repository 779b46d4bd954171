package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {

    @TempDir
    private Path directory;

    @Test
    void programsAreUnpackedOnceEvenAfterAnAttemptThatWasCutShort() throws Exception {
        Platform platform = Platform.current();
        Files.createDirectories(directory.resolve("postgres.unfinished/bin"));
        Files.writeString(directory.resolve("postgres.unfinished/bin/postgres"), "half");
        Files.writeString(directory.resolve("redis.unfinished"), "half");

        Path postgres = Binaries.in(directory).postgres(platform.postgresArchive());
        Path redis = Binaries.in(directory).redis(platform.redisServer());

        assertThat(postgres.resolve("bin/postgres")).isExecutable();
        assertThat(redis).isExecutable();
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder(name(postgres), name(redis));

        Files.createFile(postgres.resolve("mark"));
        assertThat(Binaries.in(directory).postgres(platform.postgresArchive()).resolve("mark"))
                .exists();
    }

    @Test
    void whatIsNotBundledIsNamed() {
        assertThatThrownBy(() -> Binaries.in(directory).redis("redis-server-none"))
                .hasMessage("the class path has no redis-server-none");
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}

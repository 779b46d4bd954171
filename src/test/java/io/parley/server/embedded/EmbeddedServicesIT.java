package io.parley.server.embedded;

import static io.parley.server.embedded.ServerLab.execute;
import static io.parley.server.embedded.ServerLab.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the servers are like in ordinary life. */
class EmbeddedServicesIT {

    @RegisterExtension
    private final ServerLab lab = new ServerLab();

    @Test
    void whatWasWrittenIsThereAfterARestart() throws Exception {
        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            execute(services.postgres(), "CREATE TABLE notes (text text)");
            execute(services.postgres(), "INSERT INTO notes VALUES ('kept')");
        }

        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            assertThat(query(services.postgres(), "SELECT text FROM notes")).isEqualTo("kept");
        }
    }

    @Test
    void commitsReachTheDiskAndOnlyThisMachineReachesTheServer() throws Exception {
        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            assertThat(query(services.postgres(), "SHOW fsync")).isEqualTo("on");
            assertThat(query(services.postgres(), "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(services.postgres(), "SHOW full_page_writes")).isEqualTo("on");
            assertThat(query(services.postgres(), "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(services.postgres(), "SHOW server_encoding")).isEqualTo("UTF8");
        }
    }

    @Test
    void caseSortingAndTrigramsKnowAllScripts() throws Exception {
        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            execute(services.postgres(), "CREATE EXTENSION pg_trgm");

            assertThat(query(services.postgres(), "SELECT lower('ПРИВЕТ ÉCOLE')"))
                    .isEqualTo("привет école");
            assertThat(query(services.postgres(), "SELECT similarity('привет', 'Привет!')"))
                    .isEqualTo("1");
            assertThat(query(services.postgres(), "SELECT 'a' < 'B'")).isEqualTo("f");
        }
    }

    @Test
    void nobodyComesInWithoutThePassword() throws Exception {
        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            PostgresEndpoint real = services.postgres();
            PostgresEndpoint wrong =
                    new PostgresEndpoint(real.host(), real.port(), real.database(), real.user(), "guessed");
            PostgresEndpoint superuser =
                    new PostgresEndpoint(real.host(), real.port(), real.database(), "postgres", real.password());

            assertThatThrownBy(() -> query(wrong, "SELECT 1")).hasMessageContaining("password authentication failed");
            assertThatThrownBy(() -> query(superuser, "SELECT 1"))
                    .hasMessageContaining("password authentication failed");
            assertThat(RedisProbe.answers(services.redis())).isTrue();
            assertThat(RedisProbe.answers(
                            new RedisEndpoint("127.0.0.1", services.redis().port(), "guessed")))
                    .isFalse();
        }
    }

    @Test
    void secretsAreReadableByTheOwnerOnly() throws Exception {
        Path fresh = lab.data().resolve("fresh");

        try (EmbeddedServices services = EmbeddedServices.start(fresh, 0, 0)) {
            assertThat(permissions(fresh)).isEqualTo("rwx------");
            assertThat(permissions(fresh.resolve("postgres.password"))).isEqualTo("rw-------");
            assertThat(permissions(fresh.resolve("redis.password"))).isEqualTo("rw-------");
            assertThat(permissions(fresh.resolve("redis/redis.conf"))).isEqualTo("rw-------");
            assertThat(ServerLab.processesNaming(fresh))
                    .extracting(process -> process.info().commandLine().orElse(""))
                    .isNotEmpty()
                    .noneMatch(line -> line.contains(services.redis().password()))
                    .noneMatch(line -> line.contains(services.postgres().password()));
        }
    }

    @Test
    void twoDataDirectoriesLiveSideBySide() throws Exception {
        Path other = lab.directory("other");

        try (EmbeddedServices one = EmbeddedServices.start(lab.data(), 0, 0);
                EmbeddedServices two = EmbeddedServices.start(other, 0, 0)) {
            execute(one.postgres(), "CREATE TABLE only_here ()");

            assertThat(one.postgres().password()).isNotEqualTo(two.postgres().password());
            assertThat(query(two.postgres(), "SELECT to_regclass('only_here') IS NULL"))
                    .isEqualTo("t");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}

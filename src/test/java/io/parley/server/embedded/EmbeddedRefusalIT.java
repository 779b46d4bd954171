package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starts that cannot succeed say why and leave nothing running. */
class EmbeddedRefusalIT {

    @RegisterExtension
    private final ServerLab lab = new ServerLab();

    @Test
    void aTakenPortIsNamedBeforeAnythingRuns() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(Ports.address(0));
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), port, 0))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("PostgreSQL cannot have port " + port);
            assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), 0, port))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("Redis cannot have port " + port);
            assertThat(lab.data().resolve("postgres")).doesNotExist();
        }
    }

    @Test
    void postgresIsStoppedAgainWhenRedisFails() throws Exception {
        Files.createFile(lab.data().resolve("redis"));

        assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), 0, 0))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining(lab.data().resolve("redis").toString());
        assertThat(ServerLab.processesNaming(lab.data())).isEmpty();

        Files.delete(lab.data().resolve("redis"));
        EmbeddedServices.start(lab.data(), 0, 0).close();
    }

    @Test
    void aRedisThatGivesUpIsReportedInItsOwnWords() throws Exception {
        DataDirectory directory = DataDirectory.open(lab.data());
        RedisServer server = RedisServer.of(directory, Platform.current());
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(Ports.address(0));

            assertThatThrownBy(() -> server.start(taken.getLocalPort()))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("Redis does not answer on port " + taken.getLocalPort())
                    .hasMessageContaining("redis.log");
        }
    }

    @Test
    void aPostgresThatGivesUpIsReportedInItsOwnWords() throws Exception {
        EmbeddedServices.start(lab.data(), 0, 0).close();
        Files.writeString(lab.data().resolve("postgres/postgresql.conf"), "nonsense = 1\n");

        assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), 0, 0))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("pg_ctl failed")
                .hasMessageContaining("FATAL")
                .hasMessageContaining("postgres.log");
    }

    @Test
    void filesOfAnotherMajorVersionAreRefused() throws Exception {
        EmbeddedServices.start(lab.data(), 0, 0).close();
        Files.writeString(lab.data().resolve("postgres/PG_VERSION"), "17\n");

        assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), 0, 0))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("was made by PostgreSQL 17, but this node brings PostgreSQL 18");
    }

    @Test
    void aLostPasswordIsNotReplacedByOneThatDoesNotFit() throws Exception {
        EmbeddedServices.start(lab.data(), 0, 0).close();
        Files.delete(lab.data().resolve("postgres.password"));

        assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), 0, 0))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("postgres.password is missing");
        assertThat(lab.data().resolve("postgres.password")).doesNotExist();
    }
}

package io.parley.server.embedded;

import static io.parley.server.embedded.ServerLab.execute;
import static io.parley.server.embedded.ServerLab.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Killed nodes, killed servers and what they leave behind. */
class EmbeddedTakeoverIT {

    @RegisterExtension
    private final ServerLab lab = new ServerLab();

    @Test
    void theServersOutliveTheTerminal() throws Exception {
        EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0);
        try {
            assertThat(processGroup(lab.postgres())).isNotEqualTo(processGroup(ProcessHandle.current()));
            assertThat(processGroup(lab.redis())).isNotEqualTo(processGroup(ProcessHandle.current()));
        } finally {
            services.close();
        }
    }

    @Test
    void theServersOfAKilledNodeAreTakenOver() throws Exception {
        String password;
        ProcessHandle orphanPostgres;
        ProcessHandle orphanRedis;
        try (NodeProcess node = NodeProcess.start(lab.data())) {
            int port = node.awaitReady().postgres();
            password = Files.readString(lab.data().resolve("postgres.password"));
            PostgresEndpoint postgres = new PostgresEndpoint("127.0.0.1", port, "parley", "parley", password);
            execute(postgres, "CREATE TABLE notes (text text)");
            execute(postgres, "INSERT INTO notes VALUES ('kept')");
            orphanPostgres = lab.postgres();
            orphanRedis = lab.redis();
        }
        assertThat(orphanPostgres.isAlive()).isTrue();
        assertThat(orphanRedis.isAlive()).isTrue();

        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            assertThat(lab.postgres()).isNotEqualTo(orphanPostgres);
            assertThat(lab.redis()).isNotEqualTo(orphanRedis);
            assertThat(query(services.postgres(), "SELECT text FROM notes")).isEqualTo("kept");
            assertThat(RedisProbe.answers(services.redis())).isTrue();
        }
    }

    @Test
    void aKilledServerRecovers() throws Exception {
        EmbeddedServices crashed = EmbeddedServices.start(lab.data(), 0, 0);
        execute(crashed.postgres(), "CREATE TABLE notes (text text)");
        execute(crashed.postgres(), "INSERT INTO notes VALUES ('kept')");
        List<ProcessHandle> killed = List.of(lab.postgres(), lab.redis());
        killed.forEach(ProcessHandle::destroyForcibly);
        killed.forEach(process -> process.onExit().join());
        crashed.close();

        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            assertThat(query(services.postgres(), "SELECT text FROM notes")).isEqualTo("kept");
        }
    }

    @Test
    void aSecondNodeOnTheSameDirectoryIsRefused() throws Exception {
        String refusal = "data directory " + lab.data() + " is in use by another node";

        try (EmbeddedServices services = EmbeddedServices.start(lab.data(), 0, 0)) {
            assertThatThrownBy(() -> EmbeddedServices.start(lab.data(), 0, 0))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessage(refusal);
            try (NodeProcess node = NodeProcess.start(lab.data())) {
                assertThat(node.awaitEnd()).contains(refusal);
            }
            assertThat(query(services.postgres(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aFirstStartThatWasCutShortIsDoneAnew() throws Exception {
        Files.createDirectories(lab.data().resolve("postgres.unfinished-1/base"));
        Files.writeString(lab.data().resolve("postgres.unfinished-1/PG_VERSION"), "18\n");

        EmbeddedServices.start(lab.data(), 0, 0).close();

        assertThat(lab.data().resolve("postgres.unfinished-1")).doesNotExist();
    }

    @Test
    void aStrangerWithTheNumberOfADeadServerIsLeftAlone() throws Exception {
        EmbeddedServices.start(lab.data(), 0, 0).close();
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            String note = "%d%n%s%n1%n1%n%n127.0.0.1%n"
                    .formatted(stranger.pid(), lab.data().resolve("postgres"));
            Files.writeString(lab.data().resolve("postgres/postmaster.pid"), note);

            EmbeddedServices.start(lab.data(), 0, 0).close();

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    private static String processGroup(ProcessHandle process) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "pgid=", "-p", Long.toString(process.pid())).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}

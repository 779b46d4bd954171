package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Root's two ways of running what refuses to run as root; skipped for everybody else. */
class ServerAccountIT {

    private static final Path SELF = Path.of("/proc/self");

    @RegisterExtension
    private final ServerLab lab = new ServerLab();

    @BeforeEach
    void asRoot() throws Exception {
        assumeTrue(Files.exists(SELF) && uid(SELF) == 0);
    }

    @Test
    void filesFollowTheAccountFromOneStartToTheNext() throws Exception {
        Files.setPosixFilePermissions(lab.data().getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(lab.data(), PosixFilePermissions.fromString("rwx------"));

        startAndStop(ServerAccount.NOBODY);
        assertThat(uid(lab.data().resolve("postgres/PG_VERSION"))).isEqualTo(65534);

        startAndStop(ServerAccount.NAMESPACE);
        assertThat(uid(lab.data().resolve("postgres/PG_VERSION"))).isEqualTo(0);

        startAndStop(ServerAccount.NOBODY);
        assertThat(uid(lab.data().resolve("postgres/PG_VERSION"))).isEqualTo(65534);
    }

    private void startAndStop(ServerAccount account) throws Exception {
        DataDirectory data = DataDirectory.open(lab.data());
        PostgresServer server = PostgresServer.of(data, Platform.current(), account);
        PostgresEndpoint endpoint = server.start(Ports.choose(0, 0).postgres());
        try {
            assertThat(ServerLab.query(endpoint, "SELECT 1")).isEqualTo("1");
        } finally {
            server.stop();
        }
    }

    private static int uid(Path file) throws Exception {
        return (int) Files.getAttribute(file, "unix:uid");
    }
}

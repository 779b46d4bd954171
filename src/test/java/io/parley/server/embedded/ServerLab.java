package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each test a data directory of its own, with the programs unpacked once for all, and fails the test that leaves a
 * server running.
 */
final class ServerLab implements AfterEachCallback {

    private final Path temporary;
    private final Path data;

    ServerLab() {
        try {
            temporary = Files.createTempDirectory("embedded").toRealPath();
            data = directory("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        List<ProcessHandle> left = processesNaming(temporary);
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(process -> process.onExit().join());
        FileTree.delete(temporary);
        assertThat(left).isEmpty();
    }

    /** The data directory of the test. */
    Path data() {
        return data;
    }

    /** One more data directory. */
    final Path directory(String name) throws IOException {
        Files.createDirectories(TestServers.PROGRAMS);
        Path directory = Files.createDirectory(temporary.resolve(name));
        Files.createSymbolicLink(directory.resolve("bin"), TestServers.PROGRAMS);
        return directory;
    }

    ProcessHandle postgres() {
        return new ServerProcess(
                        "postgres", List.of("-D", data.resolve("postgres").toString()))
                .find()
                .orElseThrow();
    }

    ProcessHandle redis() {
        return new ServerProcess(
                        "redis-server", List.of(data.resolve("redis/redis.conf").toString()))
                .find()
                .orElseThrow();
    }

    static List<ProcessHandle> processesNaming(Path path) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(path.toString()))
                .toList();
    }

    static void execute(PostgresEndpoint endpoint, String sql) throws SQLException {
        try (Connection connection = connect(endpoint);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String query(PostgresEndpoint endpoint, String sql) throws SQLException {
        try (Connection connection = connect(endpoint);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(PostgresEndpoint endpoint) throws SQLException {
        String url = "jdbc:postgresql://" + endpoint.host() + ":" + endpoint.port() + "/" + endpoint.database();
        return DriverManager.getConnection(url, endpoint.user(), endpoint.password());
    }
}

package io.parley.support.testing;

import io.parley.server.embedded.EmbeddedException;
import io.parley.server.embedded.EmbeddedServices;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.embedded.RedisEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The PostgreSQL and Redis of embedded mode, started once for all test classes of a run and stopped at its end. */
public record TestServers(EmbeddedServices services, Path directory) implements AutoCloseable {
    /** Where the programs are unpacked, once for all runs; each of several JVMs at a time has them for itself. */
    public static final Path PROGRAMS = Path.of("target", "embedded-programs" + System.getProperty("parley.fork", ""))
            .toAbsolutePath();

    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** Begins with the first use. */
    private static final class Shared {
        static final TestServers SERVERS = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVERS::close));
        }
    }

    /** The servers of this run. */
    public static TestServers shared() {
        return Shared.SERVERS;
    }

    /** Servers of one's own. */
    public static TestServers start() {
        try {
            Path directory = Files.createTempDirectory("parley-servers").toRealPath();
            Files.createDirectories(PROGRAMS);
            Files.createSymbolicLink(directory.resolve("bin"), PROGRAMS);
            return new TestServers(EmbeddedServices.start(directory, 0, 0), directory);
        } catch (IOException | EmbeddedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public PostgresEndpoint postgres() {
        return services.postgres();
    }

    public RedisEndpoint redis() {
        return services.redis();
    }

    /** A new database, a copy of {@code template}. */
    public PostgresEndpoint database(String template) {
        PostgresEndpoint server = postgres();
        String name = "test_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url(server.database()));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
            return new PostgresEndpoint(server.host(), server.port(), name, server.user(), server.password());
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** For JDBC, with user and password in it. */
    public String url(String database) {
        PostgresEndpoint endpoint = postgres();
        return "jdbc:postgresql://" + endpoint.host() + ":" + endpoint.port() + "/" + database + "?user="
                + endpoint.user() + "&password=" + URLEncoder.encode(endpoint.password(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        services.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

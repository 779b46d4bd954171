package io.parley.support.testing;

import io.parley.server.embedded.EmbeddedException;
import io.parley.server.embedded.EmbeddedServices;
import io.parley.server.embedded.PostgresEndpoint;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The PostgreSQL and Redis of embedded mode, started once for all test classes of a run and stopped at its end. */
public record TestServers(EmbeddedServices services, Path directory) implements AutoCloseable {
    /** Where the programs are unpacked, once for all runs. */
    private static final Path PROGRAMS = Path.of("target", "embedded-programs").toAbsolutePath();

    /** The servers of this run. */
    public static TestServers of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(TestServers.class))
                .computeIfAbsent(TestServers.class, key -> start(), TestServers.class);
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

    /** For JDBC, with user and password in it. */
    public String url(String database) {
        PostgresEndpoint endpoint = postgres();
        return "jdbc:postgresql://" + endpoint.host() + ":" + endpoint.port() + "/" + database + "?user="
                + endpoint.user() + "&password=" + URLEncoder.encode(endpoint.password(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        services.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}

package io.parley.features.accounts;

import io.parley.server.embedded.EmbeddedException;
import io.parley.server.embedded.EmbeddedServices;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.embedded.RedisEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL and a Redis for all tests of the run, started when first needed and stopped with it. */
public final class TestServers {
    private static final EmbeddedServices SERVICES = start();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestServers() {}

    private static EmbeddedServices start() {
        try {
            Path directory = Files.createTempDirectory("parley-accounts");
            EmbeddedServices services = EmbeddedServices.start(directory, 0, 0);
            Runtime.getRuntime().addShutdownHook(new Thread(services::close));
            return services;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (EmbeddedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static RedisEndpoint redis() {
        return SERVICES.redis();
    }

    /** A new empty database. */
    static PostgresEndpoint database() {
        PostgresEndpoint server = SERVICES.postgres();
        String name = "accounts_" + DATABASES.incrementAndGet();
        String url = "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + server.database();
        try (var connection = DriverManager.getConnection(url, server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
            return new PostgresEndpoint(server.host(), server.port(), name, server.user(), server.password());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

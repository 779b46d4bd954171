package io.parley.support.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test class a {@link TestDatabase} of its own.
 *
 * <p>One PostgreSQL is started for all of them and stopped at the end of the run. It does not wait for the disk: these
 * tests are about what transactions see of each other, not about crashes. Databases are copies of one that was migrated
 * once.
 */
public final class StorageExtension implements BeforeAllCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(StorageExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Server server = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Server.class, key -> Server.start(), Server.class);
        context.getStore(NAMESPACE).put(TestDatabase.class, server.database());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE).getOrDefault(TestDatabase.class, TestDatabase.class, new TestDatabase(""));
    }

    private record Server(EmbeddedPostgres postgres, AtomicInteger databases) implements AutoCloseable {

        private static final String TEMPLATE = "migrated";

        static Server start() {
            try {
                Server server = new Server(
                        EmbeddedPostgres.builder()
                                .setServerConfig("max_connections", "100")
                                .start(),
                        new AtomicInteger());
                server.create(TEMPLATE, "template0");
                TestDatabase.migrated(server.url(TEMPLATE));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        TestDatabase database() throws SQLException {
            String name = "test_" + databases.incrementAndGet();
            create(name, TEMPLATE);
            return new TestDatabase(url(name));
        }

        private void create(String name, String template) throws SQLException {
            try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
                connection.createStatement().execute("CREATE DATABASE " + name + " TEMPLATE " + template);
            }
        }

        private String url(String database) {
            return postgres.getJdbcUrl("postgres", database);
        }

        @Override
        public void close() throws IOException {
            postgres.close();
        }
    }
}

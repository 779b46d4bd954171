package io.parley.support.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test class a {@link TestDatabase} of its own.
 *
 * <p>One PostgreSQL, the one that embedded mode runs, is started for all of them and stopped at the end of the run. Databases are copies of one that was migrated
 * once.
 */
public final class StorageExtension implements BeforeAllCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(StorageExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        TestServers servers = TestServers.of(context);
        Template template = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Template.class, key -> Template.in(servers), Template.class);
        context.getStore(NAMESPACE).put(TestDatabase.class, template.copy());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE).getOrDefault(TestDatabase.class, TestDatabase.class, new TestDatabase(""));
    }

    /** Databases are copies of one that was migrated once. */
    private record Template(TestServers servers, AtomicInteger databases) {

        private static final String NAME = "migrated";

        static Template in(TestServers servers) {
            try {
                Template template = new Template(servers, new AtomicInteger());
                template.create(NAME, "template0");
                TestDatabase.migrated(servers.url(NAME));
                return template;
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }

        TestDatabase copy() throws SQLException {
            String name = "test_" + databases.incrementAndGet();
            create(name, NAME);
            return new TestDatabase(servers.url(name));
        }

        private void create(String name, String template) throws SQLException {
            try (Connection connection = DriverManager.getConnection(
                            servers.url(servers.postgres().database()));
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
            }
        }
    }
}

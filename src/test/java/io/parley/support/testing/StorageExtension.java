package io.parley.support.testing;

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
    public void beforeAll(ExtensionContext context) {
        Template template = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Template.class, key -> Template.migrated(), Template.class);
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
    private record Template(String database) {
        static Template migrated() {
            TestServers servers = TestServers.shared();
            String database = servers.database("template0").database();
            TestDatabase.migrated(servers.url(database));
            return new Template(database);
        }

        TestDatabase copy() {
            TestServers servers = TestServers.shared();
            return new TestDatabase(servers.url(servers.database(database).database()));
        }
    }
}

package io.parley.support.testing;

import io.parley.server.embedded.PostgresEndpoint;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.util.HashMap;
import java.util.Map;

/** The shipped configuration with another database. */
public final class DatabaseConfig {
    private DatabaseConfig() {}

    public static Config of(PostgresEndpoint database, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("PARLEY_POSTGRES_HOST", database.host());
        all.put("PARLEY_POSTGRES_PORT", Integer.toString(database.port()));
        all.put("PARLEY_POSTGRES_DATABASE", database.database());
        all.put("PARLEY_POSTGRES_USER", database.user());
        all.put("PARLEY_POSTGRES_PASSWORD", database.password());
        all.put("PARLEY_POSTGRES_SSLMODE", "disable");
        // A directory that is there; nobody looks for keys in it.
        all.put("PARLEY_AUTH_KEYS", "conf");
        return ConfigLoader.load(null, all);
    }
}

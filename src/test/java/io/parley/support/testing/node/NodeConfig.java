package io.parley.support.testing.node;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What differs from the shipped configuration, by key as in {@code parley.yaml}; immutable. */
public record NodeConfig(Path data, Map<String, String> keys) {
    public NodeConfig {
        keys = Map.copyOf(keys);
    }

    /** Free ports everywhere, and limits on callers that many tests at once do not reach. */
    public static NodeConfig on(Path data) {
        return new NodeConfig(data, Map.of())
                .with("data", data.toString())
                .with("http.port", "0")
                .with("session.port", "0")
                .with("management.port", "0")
                .with("postgres.port", "0")
                .with("redis.port", "0")
                .with("http.anonymousRequestsPerMinute", "1000000")
                .with("http.requestsPerMinute", "1000000")
                .with("auth.loginFailuresPerAddress", "1000000");
    }

    public NodeConfig with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(keys);
        more.put(key, value);
        return new NodeConfig(data, more);
    }

    /** The environment variables that say so. */
    Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        keys.forEach(
                (key, value) -> variables.put("PARLEY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
        return variables;
    }
}

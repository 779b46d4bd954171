package io.parley.support.testing.node;

import io.parley.support.testing.NoLimits;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What differs from the shipped configuration; immutable.
 *
 * @param keys as in {@code parley.yaml}
 * @param variables more for the environment of the process
 * @param output where the lines go that the node prints, besides being kept; null for nowhere
 */
public record NodeConfig(
        Path data,
        Map<String, String> keys,
        Map<String, String> variables,
        @Nullable Path output) {
    public NodeConfig {
        keys = Map.copyOf(keys);
        variables = Map.copyOf(variables);
    }

    /** Free ports everywhere, and limits on callers that many tests at once do not reach. */
    public static NodeConfig on(Path data) {
        return new NodeConfig(data, NoLimits.keys(), Map.of(), null)
                .with("data", data.toString())
                .with("http.port", "0")
                .with("session.port", "0")
                .with("management.port", "0")
                .with("postgres.port", "0")
                .with("redis.port", "0")
                .with("auth.loginFailuresPerAddress", "1000000");
    }

    /** As the configuration says that another node has written for those who join it. */
    public static NodeConfig joining(Path data, TestNode other) {
        return new NodeConfig(data, Map.of(), Map.of(), null)
                .with("config", other.data().resolve("join.yaml").toString())
                .with("data", data.toString());
    }

    public NodeConfig with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(keys);
        more.put(key, value);
        return new NodeConfig(data, more, variables, output);
    }

    public NodeConfig withVariables(Map<String, String> others) {
        return new NodeConfig(data, keys, others, output);
    }

    public NodeConfig withOutput(Path file) {
        return new NodeConfig(data, keys, variables, file);
    }

    /** The environment variables that say so. */
    Map<String, String> environment() {
        Map<String, String> all = new LinkedHashMap<>(variables);
        keys.forEach((key, value) -> all.put("PARLEY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
        return all;
    }
}

package io.parley.support.testing;

import io.parley.server.limits.Limits;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** For tests that do more in a minute than people may: all is off that bounds how often something may be done. */
public final class NoLimits {
    private static final Map<String, String> KEYS = Stream.of(
                    "messagesPerMinute",
                    "conversationsPerHour",
                    "joinsPerHour",
                    "requestsPerMinute",
                    "anonymousRequestsPerMinute",
                    "searchesPerMinute",
                    "pollsPerMinute",
                    "tenantMessagesPerSecond",
                    "tenantRequestsPerSecond")
            .collect(Collectors.toUnmodifiableMap(key -> "limits." + key, key -> "0"));

    private static final Limits OFF =
            new Limits(ConfigLoader.load(null, environment()).limits(), new Metrics());

    private NoLimits() {}

    /** The keys of the configuration that say so. */
    public static Map<String, String> keys() {
        return KEYS;
    }

    /** For what is tested without a node. */
    public static Limits limits() {
        return OFF;
    }

    /** The same as environment variables. */
    public static Map<String, String> environment() {
        return KEYS.keySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        key -> "PARLEY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), key -> "0"));
    }
}

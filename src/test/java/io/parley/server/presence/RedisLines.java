package io.parley.server.presence;

import io.parley.server.redis.RedisConnection;
import io.parley.support.Metrics;
import java.util.function.Supplier;

/** Makes lines to Redis for tests of what uses them. */
public final class RedisLines {
    private RedisLines() {}

    public static RedisLine of(Supplier<RedisConnection> connector, Metrics metrics) {
        return new RedisLine(connector, metrics);
    }
}

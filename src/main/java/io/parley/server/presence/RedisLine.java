package io.parley.server.presence;

import io.parley.server.redis.RedisConnection;
import io.parley.support.AppError;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis for one verticle, bounded in time and number: a call that has no answer after a second has failed, and with it
 * all others on the way, because the connections are given up and the next call makes new ones. So a Redis that hangs
 * costs its callers a second and the node no memory. What was on the way may still be done later, by a Redis that
 * awakes: calls must be such that this does no harm. Lives on one event loop.
 */
public final class RedisLine {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLine.class);
    private static final long PATIENCE_MS = 1_000;
    private static final int MOST_UNDER_WAY = 256;

    private final Supplier<RedisConnection> connector;
    private final Metrics metrics;
    private @Nullable RedisConnection connection;
    private int underWay;
    private boolean down;

    RedisLine(Supplier<RedisConnection> connector, Metrics metrics) {
        this.connector = connector;
        this.metrics = metrics;
    }

    /** @return fails with {@code unavailable} and nothing else */
    public Future<Response> call(Function<RedisAPI, Future<@Nullable Response>> command) {
        if (underWay >= MOST_UNDER_WAY) {
            return refused("too many calls wait for Redis");
        }
        RedisConnection used = connection == null ? connector.get() : connection;
        connection = used;
        underWay++;
        return command.apply(used.api())
                .map(Objects::requireNonNull)
                .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .onComplete(done -> underWay--)
                .onSuccess(answer -> down(false, "Redis answers again"))
                .recover(failure -> failed(used, failure));
    }

    private Future<Response> failed(RedisConnection used, Throwable failure) {
        if (used == connection) {
            connection = null;
            used.close().onFailure(unclosed -> LOG.debug("not closed: {}", unclosed.toString()));
        }
        down(true, failure.toString());
        return refused("Redis does not answer");
    }

    private Future<Response> refused(String why) {
        metrics.redisUnanswered();
        return Future.failedFuture(AppError.unavailable(why));
    }

    /** Logs once each way. */
    private void down(boolean now, String why) {
        if (down != now) {
            down = now;
            LOG.warn("presence is {}: {}", now ? "unknown" : "known", why);
        }
    }

    Future<Void> close() {
        return connection == null ? Future.succeededFuture() : connection.close();
    }
}

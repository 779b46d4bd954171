package io.parley.server.presence;

import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where a feature registers the actions that it answers beside Redis. */
public interface PresenceHost {
    Vertx vertx();

    Bus bus();

    /** The only way to what presence and typing keep in Redis. */
    RedisLine redis();

    Metrics metrics();

    /** Answers an action on any instance. */
    <I extends Record, O extends Record> void answer(Action<I, O> action, Function<I, Future<O>> handler);

    /** Does something now and again and again; never twice at once, a failure waits for the next time. */
    void every(String name, long periodMs, Supplier<Future<Void>> work);
}

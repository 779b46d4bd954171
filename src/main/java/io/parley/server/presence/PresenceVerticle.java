package io.parley.server.presence;

import io.parley.bus.Action;
import io.parley.bus.Bus;
import io.parley.bus.Registration;
import io.parley.server.Feature;
import io.parley.server.redis.RedisConnection;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance of the kind {@code presence}: what features keep in Redis and what they answer from there. It has
 * nothing of its own that others need, so any instance answers as well as any other. Started means: all actions are
 * answered here; Redis need not be there.
 */
public final class PresenceVerticle extends VerticleBase implements PresenceHost {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceVerticle.class);

    private final Config.Redis config;
    private final Bus bus;
    private final List<Feature> features;
    private final Metrics metrics;
    private final List<Registration> registrations = new ArrayList<>();
    private RedisLine redis;

    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public PresenceVerticle(Config.Redis config, Bus bus, List<Feature> features, Metrics metrics) {
        this.config = config;
        this.bus = bus;
        this.features = features;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        redis = new RedisLine(() -> new RedisConnection(vertx, config), metrics);
        features.forEach(feature -> feature.presence(this));
        return Future.all(registrations.stream().map(Registration::completed).toList());
    }

    @Override
    public Future<?> stop() {
        return Future.join(registrations.stream().map(Registration::end).toList())
                .transform(deaf -> redis.close());
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public Bus bus() {
        return bus;
    }

    @Override
    public RedisLine redis() {
        return redis;
    }

    @Override
    public Metrics metrics() {
        return metrics;
    }

    @Override
    public <I extends Record, O extends Record> void answer(Action<I, O> action, Function<I, Future<O>> handler) {
        registrations.add(bus.answer(action, handler));
    }

    @Override
    public void every(String name, long periodMs, Supplier<Future<Void>> work) {
        Future.succeededFuture()
                .compose(begun -> work.get())
                .onFailure(cause -> LOG.debug("{} failed, it is tried again: {}", name, cause.toString()))
                .onComplete(done -> vertx.setTimer(periodMs, due -> every(name, periodMs, work)));
    }
}

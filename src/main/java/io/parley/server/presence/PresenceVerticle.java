package io.parley.server.presence;

import io.parley.bus.Action;
import io.parley.bus.Answers;
import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.server.redis.RedisConnection;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
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

    /** What Redis does not answer is given up well before. */
    private static final long STOP_MS = 5_000;

    private final Config.Redis config;
    private final Bus bus;
    private final List<Feature> features;
    private final Metrics metrics;
    private final Answers answers;
    private RedisLine redis;
    private boolean stopping;

    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public PresenceVerticle(Config.Redis config, Bus bus, List<Feature> features, Metrics metrics) {
        this.config = config;
        this.bus = bus;
        this.features = features;
        this.metrics = metrics;
        this.answers = new Answers(bus);
    }

    @Override
    public Future<?> start() {
        redis = new RedisLine(() -> new RedisConnection(vertx, config), metrics);
        features.forEach(feature -> feature.presence(this));
        return answers.completed();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        return answers.end(STOP_MS).transform(answered -> redis.close());
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
        answers.add(action, handler);
    }

    @Override
    public void every(String name, long periodMs, Supplier<Future<Void>> work) {
        if (stopping) {
            return;
        }
        Future.succeededFuture()
                .compose(begun -> work.get())
                .onFailure(cause -> LOG.debug("{} failed, it is tried again: {}", name, cause.toString()))
                .onComplete(done -> vertx.setTimer(periodMs, due -> every(name, periodMs, work)));
    }
}

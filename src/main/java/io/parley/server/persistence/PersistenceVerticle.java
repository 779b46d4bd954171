package io.parley.server.persistence;

import io.parley.bus.Action;
import io.parley.bus.Answers;
import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.function.Function;

/**
 * One instance of the kind {@code persistence}: a lane with a connection of its own, so that all changes of its
 * conversations are applied one batch after another, and a pool for everything else. Started means: all actions of
 * all features are answered here.
 */
public final class PersistenceVerticle extends VerticleBase implements PersistenceHost {
    private static final int LANE_CAPACITY = 50_000;

    /** How long changes are tried again while the database is away. */
    private static final long LANE_PATIENCE_MS = 5_000;

    /** The least that a timer can do; a call takes about as long. */
    private static final long LANE_GATHER_MS = 1;

    /** Longer than a statement may take. */
    private static final long STOP_MS = PgConnections.STATEMENT_TIMEOUT_MS + 2_000;

    private final Config config;
    private final Bus bus;
    private final List<Feature> features;
    private final int index;
    private final Metrics metrics;
    private final Answers answers;
    private Pool reading;
    private Pool writing;
    private Database database;
    private LaneQueue lane;

    /** @param index of the instance, which is its lane */
    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public PersistenceVerticle(Config config, Bus bus, List<Feature> features, int index, Metrics metrics) {
        this.config = config;
        this.bus = bus;
        this.features = features;
        this.index = index;
        this.metrics = metrics;
        this.answers = new Answers(bus);
    }

    @Override
    public Future<?> start() {
        reading = PgConnections.pool(
                vertx, config.postgres(), "reading-" + index, config.postgres().poolSize());
        writing = PgConnections.pool(vertx, config.postgres(), "lane-" + index, 1);
        database = new PgDatabase(reading);
        Database direct = (sql, tuple) -> writing.preparedQuery(sql).execute(tuple);
        lane = new LaneQueue(vertx, direct, LANE_CAPACITY, LANE_PATIENCE_MS, LANE_GATHER_MS, metrics);
        features.forEach(feature -> feature.persistence(this));
        return answers.completed();
    }

    /** Takes nothing new, and lets what has been asked end: it may be committed already, and its sender waits. */
    @Override
    public Future<?> stop() {
        return answers.end(STOP_MS).transform(done -> Future.join(reading.close(), writing.close()));
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public Bus bus() {
        return bus;
    }

    @Override
    public <I extends Record, O extends Record> void answer(Action<I, O> action, Function<I, Future<O>> handler) {
        answers.add(action, handler);
    }

    @Override
    public <I extends Record, O extends Record> void answerInLane(Action<I, O> action, Function<I, Future<O>> handler) {
        answers.add(action, index, handler);
    }
}

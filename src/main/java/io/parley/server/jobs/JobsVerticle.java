package io.parley.server.jobs;

import io.parley.server.Feature;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.PgConnections;
import io.parley.support.Config;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind {@code jobs}: what follows the journal and what is done by the clock, on one event loop. */
public final class JobsVerticle extends VerticleBase implements JobsHost {
    private static final Logger LOG = LoggerFactory.getLogger(JobsVerticle.class);
    private static final int CONNECTIONS = 2;
    private static final long MAINTAIN_EVERY_MS = TimeUnit.HOURS.toMillis(1);
    private static final int PARTITIONS_AHEAD_DAYS = 7;

    private final Config config;
    private final List<Feature> features;
    private final List<Future<Void>> starts = new ArrayList<>();
    private Pool pool;
    private Database database;

    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public JobsVerticle(Config config, List<Feature> features) {
        this.config = config;
        this.features = features;
    }

    @Override
    public Future<?> start() {
        pool = PgConnections.pool(vertx, config.postgres(), "jobs", CONNECTIONS);
        database = PgConnections.database(pool);
        every("journal-maintenance", MAINTAIN_EVERY_MS, this::maintainJournal);
        features.forEach(feature -> feature.jobs(this));
        return Future.all(starts);
    }

    @Override
    public Future<?> stop() {
        return pool.close();
    }

    private Future<Void> maintainJournal() {
        return database.query(
                        "SELECT journal_maintain($1, make_interval(days => $2))",
                        Tuple.of(PARTITIONS_AHEAD_DAYS, config.journal().keepDays()))
                .mapEmpty();
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void follow(String name, Function<JournalReader.Window, Future<Void>> apply) {
        JournalFollower follower = new JournalFollower(name, database, new JournalReader(pool), apply);
        starts.add(follower.begin());
        every("follower " + name, config.journal().pollMs(), follower::step);
    }

    @Override
    public void every(String name, long periodMs, Supplier<Future<Void>> work) {
        vertx.setTimer(
                periodMs,
                ignored -> Future.succeededFuture()
                        .compose(begun -> work.get())
                        .onFailure(cause -> LOG.warn("{} failed, it is tried again: {}", name, cause.toString()))
                        .onComplete(done -> every(name, periodMs, work)));
    }
}

package io.parley.server.jobs;

import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalFigures;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.PgConnections;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kind {@code jobs}: what follows the journal and what is done by the clock, on one event loop. All verticles of
 * this kind, on all nodes, share the work by {@link Leases}.
 */
public final class JobsVerticle extends VerticleBase implements JobsHost {
    private static final Logger LOG = LoggerFactory.getLogger(JobsVerticle.class);
    private static final int CONNECTIONS = 2;
    private static final int LEASE_CONNECTIONS = 1;
    private static final long MAINTAIN_EVERY_MS = TimeUnit.HOURS.toMillis(1);
    private static final long MEASURE_EVERY_MS = TimeUnit.SECONDS.toMillis(15);
    private static final int PARTITIONS_AHEAD_DAYS = 7;

    /** How soon it is looked again whether rare work is due, or can be done that has failed. */
    private static final long LOOK_EVERY_MS = TimeUnit.SECONDS.toMillis(30);

    private static final long STOP_MS = 2_000;

    private final Config config;
    private final Bus bus;
    private final List<Feature> features;
    private final Metrics metrics;
    private final Set<Future<Void>> underWay = new HashSet<>();
    private boolean stopping;
    private Pool pool;
    private Pool leasePool;
    private Database database;
    private Leases leases;

    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public JobsVerticle(Config config, Bus bus, List<Feature> features, Metrics metrics) {
        this.config = config;
        this.bus = bus;
        this.features = features;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        pool = PgConnections.pool(vertx, config.postgres(), "jobs", CONNECTIONS);
        leasePool = PgConnections.pool(vertx, config.postgres(), "leases", LEASE_CONNECTIONS);
        database = PgConnections.database(pool);
        leases = new Leases(PgConnections.database(leasePool));
        JournalFigures figures = new JournalFigures(pool);
        onceEvery("journal-maintenance", MAINTAIN_EVERY_MS, this::maintainJournal);
        every("journal figures", MEASURE_EVERY_MS, () -> figures.measure(metrics));
        features.forEach(feature -> feature.jobs(this));
        run("leases", leases::renew).onComplete(first -> every("leases", Leases.RENEW_MS, leases::renew));
        return Future.succeededFuture();
    }

    /** Lets what is under way end, and others go on at once. */
    @Override
    public Future<?> stop() {
        stopping = true;
        return Future.join(List.copyOf(underWay))
                .timeout(STOP_MS, TimeUnit.MILLISECONDS)
                .transform(ended -> leases.giveBack().timeout(STOP_MS, TimeUnit.MILLISECONDS))
                .transform(given -> Future.join(pool.close(), leasePool.close()));
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
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public Bus bus() {
        return bus;
    }

    @Override
    public void follow(
            String name, Function<JournalReader.Window, Future<Void>> apply, Supplier<Future<Void>> rebuild) {
        String lease = "follower " + name;
        leases.want(lease);
        JournalFollower follower = new JournalFollower(
                name, database, new JournalReader(pool), () -> leases.held(lease), apply, rebuild, metrics);
        every(lease, config.journal().pollMs(), follower::step);
    }

    @Override
    public void onceEvery(String name, long periodMs, Supplier<Future<Void>> work) {
        leases.want(name);
        TimedWork timed = new TimedWork(name, periodMs, database, () -> leases.held(name), work);
        every(name, Math.min(periodMs, LOOK_EVERY_MS), timed::step);
    }

    @Override
    public void every(String name, long periodMs, Supplier<Future<Void>> work) {
        if (!stopping) {
            vertx.setTimer(periodMs, ignored -> run(name, work).onComplete(done -> every(name, periodMs, work)));
        }
    }

    private Future<Void> run(String name, Supplier<Future<Void>> work) {
        if (stopping) {
            return Future.succeededFuture();
        }
        Future<Void> running = Future.succeededFuture().compose(begun -> work.get());
        underWay.add(running);
        return running.onFailure(cause -> LOG.warn("{} failed, it is tried again: {}", name, cause.toString()))
                .onComplete(done -> underWay.remove(running));
    }
}

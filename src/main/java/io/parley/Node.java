package io.parley;

import io.parley.bus.Bus;
import io.parley.bus.NodeInfo;
import io.parley.bus.Peers;
import io.parley.features.accounts.AccountFeature;
import io.parley.server.Feature;
import io.parley.server.NodeActions;
import io.parley.server.auth.Authenticator;
import io.parley.server.cluster.Cluster;
import io.parley.server.contract.Contract;
import io.parley.server.contract.ContractDocument;
import io.parley.server.http.EventLoopLag;
import io.parley.server.http.Health;
import io.parley.server.http.HttpNode;
import io.parley.server.http.HttpVerticle;
import io.parley.server.http.ManagementVerticle;
import io.parley.server.jobs.JobsVerticle;
import io.parley.server.limits.Limits;
import io.parley.server.persistence.JournalFigures;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.PersistenceVerticle;
import io.parley.server.persistence.PgConnections;
import io.parley.server.presence.PresenceVerticle;
import io.parley.server.redis.RedisConnection;
import io.parley.server.session.Hub;
import io.parley.server.session.SessionVerticle;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.parley.support.VerticleKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running node: its verticles, in the order in which they are started. Stopping goes the other way: sessions are
 * sent away first, so that what they have asked for is still answered.
 */
final class Node {
    private static final int JOURNAL_CONNECTIONS = 1;

    /** Some beats of the others. */
    private static final int WAY_STEPS = 50;

    private static final long WAY_STEP_MS = 100;

    private final Vertx vertx;
    private final Config config;
    private final Cluster cluster;
    private final Metrics metrics;
    private final Bus bus;
    private final Peers peers;
    private final Limits limits;
    private final List<Feature> features;
    private final Authenticator authenticator;
    private final EventLoopLag lag;
    private final Pool journalPool;
    private final JournalFigures figures;
    private final RedisConnection redis;
    private final Hub hub;
    private final Instant startedAt = Instant.now();
    private final Kinds kinds;
    private final Instances<SessionVerticle> sessions;
    private final Instances<HttpVerticle> https;
    private final ManagementVerticle management;
    private @Nullable HttpNode http;
    private @Nullable String hubDeployment;
    private volatile boolean draining;

    /** @param config with the addresses of the servers that are really used */
    Node(Cluster cluster, Config config, AccountFeature accounts, RedisConnection redis, Metrics metrics) {
        this.vertx = cluster.vertx();
        this.cluster = cluster;
        this.config = config;
        this.metrics = metrics;
        this.redis = redis;
        this.bus = new Bus(vertx, cluster.nodeId(), config.cluster().addressesAbove());
        this.peers = new Peers(bus, this::info, this::chooseWay);
        this.limits = new Limits(config.limits(), metrics);
        this.features = Features.of(config, accounts, peers, metrics);
        this.authenticator = accounts.authenticator(bus);
        this.lag = new EventLoopLag(vertx, metrics);
        this.journalPool = PgConnections.pool(vertx, config.postgres(), "journal", JOURNAL_CONNECTIONS);
        this.figures = new JournalFigures(journalPool);
        this.hub = new Hub(config, bus, new JournalReader(journalPool), metrics);
        this.management = new ManagementVerticle(config.management(), health(), metrics);
        this.kinds = new Kinds(config.instances(), peers, cluster.nodeId());
        this.sessions = kinds.add(
                VerticleKind.SESSION,
                new Instances<>(
                        vertx,
                        this::session,
                        Instances.Hooks.<SessionVerticle>none()
                                .first(this::startHub)
                                .onLeave(SessionVerticle::drain)));
        this.https = kinds.add(VerticleKind.HTTP, new Instances<>(vertx, this::http, Instances.Hooks.none()));
        kinds.add(
                VerticleKind.PERSISTENCE,
                new Instances<>(
                        vertx,
                        this::persistence,
                        Instances.Hooks.<PersistenceVerticle>none().onResize(this::lanes)));
        kinds.add(VerticleKind.PRESENCE, new Instances<>(vertx, this::presence, Instances.Hooks.none()));
        kinds.add(VerticleKind.JOBS, new Instances<>(vertx, this::jobs, Instances.Hooks.none()));
    }

    Future<Void> start() {
        cluster.listen(peers::left, bus::renew);
        return Contract.load(vertx, ContractDocument.OPENAPI)
                .onSuccess(this::loaded)
                .compose(known -> vertx.deployVerticle(peers))
                .compose(known -> Future.all(
                        bus.relay().completed(),
                        bus.answerAsNode(NodeActions.RESIZE, this::resize).completed()))
                .compose(reachable -> kinds.start(VerticleKind.PERSISTENCE))
                .compose(persistence -> kinds.start(VerticleKind.JOBS))
                .compose(jobs -> kinds.start(VerticleKind.PRESENCE))
                .compose(presence -> wayKnown(WAY_STEPS))
                .compose(way -> limits.follow(vertx, bus))
                .compose(limited -> bound("session.port", config.session().port(), kinds.start(VerticleKind.SESSION)))
                .compose(session -> bound("http.port", config.http().port(), kinds.start(VerticleKind.HTTP)))
                .compose(listening -> bound(
                        "management.port",
                        config.management().port(),
                        vertx.deployVerticle(management).mapEmpty()));
    }

    private void loaded(Contract loaded) {
        http = new HttpNode(config, authenticator, bus, limits, metrics, loaded);
    }

    /** Names the key whose port cannot be had. */
    private static Future<Void> bound(String key, int port, Future<Void> listening) {
        return listening.recover(failure -> Future.failedFuture(
                failure instanceof IOException
                        ? new StartFailure(key + ": " + port + " cannot be bound: " + failure.getMessage())
                        : failure));
    }

    private PersistenceVerticle persistence(int number) {
        // The newest goes first, so the lanes in use are always 0, 1, 2 …
        return new PersistenceVerticle(config, bus, features, kinds.size(VerticleKind.PERSISTENCE), metrics);
    }

    private PresenceVerticle presence(int number) {
        return new PresenceVerticle(config.redis(), bus, features, metrics);
    }

    private JobsVerticle jobs(int number) {
        return new JobsVerticle(config, bus, features, metrics);
    }

    private SessionVerticle session(int number) {
        return new SessionVerticle(Objects.requireNonNull(http), hub, features, number);
    }

    private HttpVerticle http(int number) {
        return new HttpVerticle(Objects.requireNonNull(http), features, health(), this::sessionPort);
    }

    private Future<?> startHub() {
        return vertx.deployVerticle(hub).onSuccess(id -> hubDeployment = id);
    }

    private Future<Void> lanes(int local) {
        return bus.lanes(
                local,
                peers.running(VerticleKind.PERSISTENCE).stream()
                        .filter(id -> !id.equals(cluster.nodeId()))
                        .toList());
    }

    /** Now and then, and when somebody has come or gone: a node without lanes may have to use those of others. */
    private void chooseWay() {
        metrics.nodes(peers.present().size());
        var unused = lanes(kinds.size(VerticleKind.PERSISTENCE));
    }

    /** Sessions are let in when what they send can be written; but others may come later than that is worth. */
    private Future<Void> wayKnown(int attempts) {
        if (bus.writes() || attempts == 0) {
            return Future.succeededFuture();
        }
        return vertx.timer(WAY_STEP_MS, TimeUnit.MILLISECONDS).compose(later -> wayKnown(attempts - 1));
    }

    private Future<NodeActions.Resized> resize(NodeActions.Resize asked) {
        if (draining) {
            throw AppError.of(ErrorCode.CONFLICT, "The node is going");
        }
        return Future.succeededFuture(kinds.resize(asked));
    }

    /** What this node tells of itself. */
    private NodeInfo info(long busLagMs) {
        metrics.busLag(busLagMs);
        return new NodeInfo(
                cluster.nodeId(),
                name(),
                version(),
                startedAt,
                draining,
                kinds.sizes(),
                hub.sessions(),
                hubDeployment == null ? 0 : hub.silence(),
                busLagMs,
                Announcement.http(config, httpPort()),
                Announcement.webSocket(config, sessionPort()));
    }

    private String name() {
        return config.node().name().isEmpty()
                ? ManagementFactory.getRuntimeMXBean().getName()
                : config.node().name();
    }

    private static String version() {
        String version = Node.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private Health health() {
        return new Health(
                List.of(lag.check()),
                List.of(
                        new Health.Check("draining", Health.Severity.FATAL, this::notDraining),
                        new Health.Check("database", Health.Severity.FATAL, this::databaseAnswers),
                        new Health.Check("redis", Health.Severity.DEGRADING, redis::ping),
                        new Health.Check("journal", Health.Severity.DEGRADING, this::journalIsRead),
                        new Health.Check("followers", Health.Severity.DEGRADING, figures::followersAreCurrent)));
    }

    private Future<Void> notDraining() {
        return draining ? Future.failedFuture("the node is going") : Future.succeededFuture();
    }

    private Future<Void> databaseAnswers() {
        return journalPool.query("SELECT 1").execute().mapEmpty();
    }

    private Future<Void> journalIsRead() {
        return hubDeployment == null ? Future.succeededFuture() : hub.current();
    }

    /** 0 as long as it runs none. */
    int httpPort() {
        return https.verticles().stream()
                .mapToInt(HttpVerticle::port)
                .findFirst()
                .orElse(0);
    }

    /** 0 as long as it runs none. */
    int sessionPort() {
        return sessions.verticles().stream()
                .mapToInt(SessionVerticle::port)
                .findFirst()
                .orElse(0);
    }

    int managementPort() {
        return management.port();
    }

    /** Refuses what is new, lets what is under way end, then stops everything, the last started first. */
    Future<Void> stop() {
        draining = true;
        limits.unfollow(vertx);
        return Future.join(sessions.verticles().stream()
                        .map(SessionVerticle::drain)
                        .toList())
                .transform(drained -> kinds.stop(VerticleKind.HTTP))
                .transform(closed -> kinds.stop(VerticleKind.SESSION))
                .transform(closed -> hubDeployment == null ? Future.succeededFuture() : vertx.undeploy(hubDeployment))
                .transform(closed -> kinds.stop(VerticleKind.JOBS))
                .transform(closed -> kinds.stop(VerticleKind.PERSISTENCE))
                .transform(undeployed -> vertx.close())
                .transform(closed -> {
                    lag.close();
                    metrics.close();
                    return Future.succeededFuture();
                });
    }
}

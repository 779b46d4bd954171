package io.parley;

import io.parley.bus.Bus;
import io.parley.features.accounts.AccountFeature;
import io.parley.server.Feature;
import io.parley.server.auth.Authenticator;
import io.parley.server.http.EventLoopLag;
import io.parley.server.http.Health;
import io.parley.server.http.HttpNode;
import io.parley.server.http.HttpVerticle;
import io.parley.server.http.ManagementVerticle;
import io.parley.server.jobs.JobsVerticle;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.PersistenceVerticle;
import io.parley.server.persistence.PgConnections;
import io.parley.server.redis.RedisConnection;
import io.parley.server.session.Hub;
import io.parley.server.session.SessionVerticle;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A running node: its verticles, in the order in which they are started. Stopping goes the other way: sessions are
 * sent away first, so that what they have asked for is still answered.
 */
final class Node {
    private static final int JOURNAL_CONNECTIONS = 1;

    private final Vertx vertx;
    private final Config config;
    private final Metrics metrics;
    private final Bus bus;
    private final List<Feature> features;
    private final Authenticator authenticator;
    private final EventLoopLag lag;
    private final Pool journalPool;
    private final RedisConnection redis;
    private final Hub hub;
    /** The latest first: the order in which they are stopped. */
    private final Deque<String> deployments = new ArrayDeque<>();

    private final List<SessionVerticle> sessions = new ArrayList<>();
    private final List<HttpVerticle> https = new ArrayList<>();
    private final ManagementVerticle management;
    private volatile boolean draining;

    /** @param config with the addresses of the servers that are really used */
    Node(Vertx vertx, Config config, AccountFeature accounts, RedisConnection redis, Metrics metrics) {
        this.vertx = vertx;
        this.config = config;
        this.metrics = metrics;
        this.redis = redis;
        this.bus = new Bus(vertx, config.instances().persistence());
        this.features = Features.of(config, accounts, metrics);
        this.authenticator = accounts.authenticator(bus);
        this.lag = new EventLoopLag(vertx, metrics);
        this.journalPool = PgConnections.pool(vertx, config.postgres(), "journal", JOURNAL_CONNECTIONS);
        this.hub = new Hub(config, bus, new JournalReader(journalPool), metrics);
        this.management = new ManagementVerticle(config.management(), metrics);
    }

    Future<Void> start() {
        return deploy(
                        config.instances().persistence(),
                        index -> new PersistenceVerticle(config, bus, features, index, metrics))
                .compose(persistence -> deploy(1, index -> new JobsVerticle(config, features)))
                .compose(jobs -> deploy(1, index -> hub))
                .compose(hubStarted -> bound(
                        "session.port",
                        config.session().port(),
                        deploy(config.instances().session(), this::session)))
                .compose(sessionsStarted -> HttpNode.load(vertx, config, authenticator, bus, metrics))
                .compose(http -> bound(
                        "http.port",
                        config.http().port(),
                        deploy(config.instances().http(), index -> http(http))))
                .compose(httpStarted ->
                        bound("management.port", config.management().port(), deploy(1, index -> management)));
    }

    /** Names the key whose port cannot be had. */
    private static Future<Void> bound(String key, int port, Future<Void> listening) {
        return listening.recover(failure -> Future.failedFuture(
                failure instanceof IOException
                        ? new StartFailure(key + ": " + port + " cannot be bound: " + failure.getMessage())
                        : failure));
    }

    private SessionVerticle session(int index) {
        SessionVerticle verticle = new SessionVerticle(config, bus, hub, authenticator, features, metrics, index);
        sessions.add(verticle);
        return verticle;
    }

    private HttpVerticle http(HttpNode node) {
        HttpVerticle verticle = new HttpVerticle(node, features, health(), sessionPort());
        https.add(verticle);
        return verticle;
    }

    /** One after another, because instances are numbered and some must know the one before. */
    private Future<Void> deploy(int instances, IntFunction<Deployable> verticle) {
        Future<Void> deployed = Future.succeededFuture();
        for (int i = 0; i < instances; i++) {
            int index = i;
            deployed = deployed.compose(before -> vertx.deployVerticle(verticle.apply(index)))
                    .map(id -> {
                        deployments.addFirst(id);
                        return null;
                    });
        }
        return deployed;
    }

    private Health health() {
        return new Health(
                List.of(lag.check()),
                List.of(
                        new Health.Check("draining", Health.Severity.FATAL, this::notDraining),
                        new Health.Check("database", Health.Severity.FATAL, this::databaseAnswers),
                        new Health.Check("redis", Health.Severity.DEGRADING, redis::ping),
                        new Health.Check("journal", Health.Severity.DEGRADING, hub::current)));
    }

    private Future<Void> notDraining() {
        return draining ? Future.failedFuture("the node is going") : Future.succeededFuture();
    }

    private Future<Void> databaseAnswers() {
        return journalPool.query("SELECT 1").execute().mapEmpty();
    }

    int httpPort() {
        return https.getFirst().port();
    }

    int sessionPort() {
        return sessions.getFirst().port();
    }

    int managementPort() {
        return management.port();
    }

    /** Refuses what is new, lets what is under way end, then stops everything, the last started first. */
    Future<Void> stop() {
        draining = true;
        return Future.join(sessions.stream().map(SessionVerticle::drain).toList())
                .transform(drained -> undeploy())
                .transform(undeployed -> vertx.close())
                .transform(closed -> {
                    lag.close();
                    metrics.close();
                    return Future.succeededFuture();
                });
    }

    private Future<Void> undeploy() {
        Future<Void> undeployed = Future.succeededFuture();
        for (String deployment : List.copyOf(deployments)) {
            undeployed = undeployed.transform(before -> vertx.undeploy(deployment));
        }
        return undeployed;
    }
}

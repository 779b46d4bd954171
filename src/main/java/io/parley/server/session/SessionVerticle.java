package io.parley.server.session;

import io.netty.channel.Channel;
import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.server.auth.Authenticator;
import io.parley.server.contract.Contract;
import io.parley.server.contract.Operations;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One instance of the kind {@code session}: an event loop with its share of the WebSockets. Started means:
 * connections are taken; stopped means: every session was told to go and has got the replies to its commands, or the
 * drain's time is over.
 */
public final class SessionVerticle extends VerticleBase {
    /** So that every connection has been looked at after two seconds. */
    private static final long CHECK_MS = 2_000 / SessionConnections.SHARES;

    /** To Vert.x: any free port, the same for all instances that ask with this number. */
    private static final int ANY_PORT = -8081;

    private static final long DRAIN_STEP_MS = 50;

    /** Clients come back spread over this many milliseconds for each thousand sessions of a node. */
    private static final long SPREAD_MS_PER_THOUSAND = 500;

    private final Config config;
    private final Bus bus;
    private final Hub hub;
    private final Authenticator authenticator;
    private final Contract contract;
    private final List<Feature> features;
    private final Metrics metrics;
    private final int index;
    private final SessionConnections connections = new SessionConnections();

    /** Those that have ended before their commands: the answers must still find somebody. */
    private final Set<SessionConnection> survived = new LinkedHashSet<>();

    private HttpServer server;
    private @Nullable Future<Void> unbound;
    private long measuredWaiting;
    private final WebSocketPipeline pipeline;
    private SessionServices services;
    private Handshakes handshakes;

    /** @param index of the instance, from 0 without gaps, used once; instances must be started in that order */
    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public SessionVerticle(
            Config config,
            Bus bus,
            Hub hub,
            Authenticator authenticator,
            Contract contract,
            List<Feature> features,
            Metrics metrics,
            int index) {
        this.config = config;
        this.bus = bus;
        this.hub = hub;
        this.authenticator = authenticator;
        this.contract = contract;
        this.features = features;
        this.metrics = metrics;
        this.index = index;
        this.pipeline = new WebSocketPipeline(config.session().maxFrameBytes());
    }

    @Override
    public Future<?> start() {
        CommandRouter router = new CommandRouter();
        Operations operations = new Operations();
        features.forEach(feature -> {
            feature.session(router);
            feature.operations(operations);
        });
        OperationCommands.register(contract, operations, router);
        SessionLoop loop = new SessionLoop(index, context, hub, metrics);
        loop.listen(router.listeners());
        router.listeners().started(vertx, bus);
        Entrance entrance = new Entrance(loop, hub, bus, authenticator, config);
        services = new SessionServices(
                (ContextInternal) context,
                config.session(),
                loop,
                hub,
                new Flusher(context),
                entrance,
                router,
                bus,
                authenticator,
                metrics);
        handshakes = new Handshakes(hub, config, this::accepted);
        server = vertx.createHttpServer(options(config.session()))
                .connectionHandler(connection -> handshakes.opened(vertx, connection))
                .webSocketHandshakeHandler(handshakes::handle)
                .requestHandler(request -> request.response()
                        .setStatusCode(426)
                        .putHeader("upgrade", "websocket")
                        .end());
        vertx.setPeriodic(CHECK_MS, ignored -> check());
        return hub.join(loop, () -> context.runOnContext(ignored -> sendAway()))
                .compose(ignored -> server.listen(
                        port(config.session().port()), config.session().host()));
    }

    private static HttpServerOptions options(Config.Session limits) {
        return new HttpServerOptions()
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(limits.maxFrameBytes())
                .setMaxWebSocketMessageSize(limits.maxFrameBytes())
                .setRegisterWebSocketWriteHandlers(false)
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeout(0)
                .setMaxHeaderSize(8192)
                .setMaxFormAttributeSize(0)
                .setTcpNoDelay(true)
                .setAcceptBacklog(4096);
    }

    private static int port(int configured) {
        return configured == 0 ? ANY_PORT : configured;
    }

    /** The port that sessions connect to; known once started. */
    public int port() {
        return server.actualPort();
    }

    private void accepted(ServerWebSocket socket, String address) {
        Channel channel = ((WebSocketInternal) socket).channelHandlerContext().channel();
        SessionConnection connection = new SessionConnection(services, channel, address, this::closed);
        try {
            pipeline.install(channel, connection.handler());
        } catch (RuntimeException defect) {
            var unused = channel.close();
            throw defect;
        }
        connections.add(connection);
    }

    private void closed(SessionConnection connection) {
        connections.remove(connection);
        if (!connection.idle()) {
            survived.add(connection);
        }
    }

    private void check() {
        connections.check(System.nanoTime(), System.currentTimeMillis());
        survived.removeIf(SessionConnection::idle);
        long waiting = connections.waiting();
        metrics.outbound(waiting - measuredWaiting);
        measuredWaiting = waiting;
    }

    /** Lets nobody in, tells every session to go and lets it finish what is under way; to be called before the stop. */
    public Future<Void> drain() {
        Promise<Void> drained = Promise.promise();
        context.runOnContext(ignored -> {
            handshakes.drain();
            // New connections go to other instances from now on; those that are there are closed one by one below.
            unbound = server.shutdown(2L * config.session().drainMs(), TimeUnit.MILLISECONDS);
            tellAllToGo();
            finish(
                    drained,
                    System.nanoTime()
                            + TimeUnit.MILLISECONDS.toNanos(config.session().drainMs()));
        });
        return drained.future();
    }

    private void tellAllToGo() {
        long spread = Math.max(1_000, connections.size() * SPREAD_MS_PER_THOUSAND / 1000);
        connections
                .all()
                .forEach(connection ->
                        connection.goAway(ThreadLocalRandom.current().nextLong(spread)));
    }

    /**
     * What the sessions know is void: they come back and read anew. Commands under way are not waited for, because
     * their replies would speak of another epoch than the session.
     */
    private void sendAway() {
        tellAllToGo();
        connections.all().forEach(connection -> connection.close(CloseCode.GOING_AWAY));
    }

    private void finish(Promise<Void> drained, long deadline) {
        boolean late = System.nanoTime() - deadline > 0;
        for (SessionConnection connection : connections.all()) {
            if (late || connection.idle()) {
                connection.close(CloseCode.GOING_AWAY);
            }
        }
        survived.removeIf(SessionConnection::idle);
        if ((connections.size() == 0 && survived.isEmpty()) || late) {
            drained.complete();
        } else {
            vertx.setTimer(DRAIN_STEP_MS, ignored -> finish(drained, deadline));
        }
    }

    @Override
    public Future<?> stop() {
        return (unbound == null ? server.close() : unbound).transform(gone -> hub.leave(services.loop()));
    }
}

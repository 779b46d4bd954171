package io.parley.server.session;

import io.netty.channel.Channel;
import io.parley.server.Feature;
import io.parley.server.contract.Operations;
import io.parley.server.http.HttpNode;
import io.parley.support.Config;
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
 * One instance of the kind {@code session}: an event loop with its share of the sessions. Started means:
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

    private final HttpNode node;
    private final Hub hub;
    private final List<Feature> features;
    private final int index;
    private final SessionConnections connections = new SessionConnections();

    /** Those that have ended before their commands: the answers must still find somebody. */
    private final Set<LiveConnection> survived = new LinkedHashSet<>();

    private HttpServer server;
    private @Nullable Future<Void> unbound;
    private long measuredWaiting;
    private final WebSocketPipeline pipeline;
    private SessionServices services;
    private Handshakes handshakes;
    private EventRequests requests;

    /** @param index of the instance, from 0 without gaps, used once; instances must be started in that order */
    @SuppressWarnings("NullAway.Init") // the rest is made in start(), on the verticle's own context
    public SessionVerticle(HttpNode node, Hub hub, List<Feature> features, int index) {
        this.node = node;
        this.hub = hub;
        this.features = features;
        this.index = index;
        this.pipeline = new WebSocketPipeline(node.config().session().maxFrameBytes());
    }

    @Override
    public Future<?> start() {
        CommandRouter router = new CommandRouter(node.limits());
        Operations operations = new Operations();
        features.forEach(feature -> {
            feature.session(router);
            feature.operations(operations);
        });
        OperationCommands.register(node.contract(), operations, router);
        SessionLoop loop = new SessionLoop(index, context, hub, node.metrics());
        loop.listen(router.listeners());
        router.listeners().started(vertx, node.bus());
        services = new SessionServices(
                (ContextInternal) context,
                limits(),
                loop,
                hub,
                new Flusher(context),
                new Entrance(loop, hub, node.bus(), node.authenticator(), node.config()),
                router,
                node.bus(),
                node.authenticator(),
                node.metrics());
        Arrivals arrivals = new Arrivals(vertx, limits().helloTimeoutMs());
        Origins origins = new Origins(node.config());
        handshakes = new Handshakes(hub, node.addresses(), origins, arrivals, this::accepted);
        requests = new EventRequests(
                node,
                origins,
                arrivals,
                new Tickets(node.bus()),
                new EventStreams(services, connections),
                new LongPolls(services, connections));
        server = vertx.createHttpServer(options(limits()))
                .connectionHandler(connection -> {
                    WebSocketPipeline.guard(connection);
                    arrivals.opened(connection);
                })
                .webSocketHandshakeHandler(handshakes::handle)
                .requestHandler(requests::handle);
        vertx.setPeriodic(CHECK_MS, ignored -> check());
        return hub.join(loop, () -> context.runOnContext(ignored -> sendAway()))
                .compose(ignored -> server.listen(port(limits().port()), limits().host()));
    }

    private Config.Session limits() {
        return node.config().session();
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
        Place place = new Place(services, address, Place.Kind.WEBSOCKET);
        SessionConnection connection = new SessionConnection(services, channel, place, this::closed);
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
        survived.removeIf(LiveConnection::idle);
        long waiting = connections.waiting();
        node.metrics().outbound(waiting - measuredWaiting);
        measuredWaiting = waiting;
    }

    /** Lets nobody in, tells every session to go and lets it finish what is under way; to be called before the stop. */
    public Future<Void> drain() {
        Promise<Void> drained = Promise.promise();
        context.runOnContext(ignored -> {
            handshakes.drain();
            requests.drain();
            // New connections go to other instances from now on; those that are there are closed one by one below.
            unbound = server.shutdown(2L * limits().drainMs(), TimeUnit.MILLISECONDS);
            tellAllToGo();
            finish(drained, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits().drainMs()));
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
        for (LiveConnection connection : connections.all()) {
            if (late || connection.idle()) {
                connection.close(CloseCode.GOING_AWAY);
            }
        }
        survived.removeIf(LiveConnection::idle);
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

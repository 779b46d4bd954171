package io.parley.server.http;

import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Operations;
import io.parley.support.Config;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The REST server: the contract's operations under its base path, documentation, health. Instances share one port.
 * Started means bound; stopping lets running requests end.
 */
public final class HttpVerticle extends VerticleBase {
    /** A peer that has neither sent nor taken anything for so long is gone. */
    private static final int IDLE_SECONDS = 90;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_ADDRESS_BYTES = 8 * 1024;
    private static final long STOP_SECONDS = 5;

    /** To Vert.x: any free port, the same for all that ask with this number. Another server must take another one. */
    private static final int ANY_PORT = -8080;

    private final HttpNode node;
    private final List<Feature> features;
    private final Health health;
    private final IntSupplier sessionPort;
    private @Nullable HttpServer server;

    /** @param sessionPort that the WebSocket is bound to by now, for telling clients */
    public HttpVerticle(HttpNode node, List<Feature> features, Health health, IntSupplier sessionPort) {
        this.node = node;
        this.features = features;
        this.health = health;
        this.sessionPort = sessionPort;
    }

    @Override
    public Future<?> start() {
        Config.Http config = node.config().http();
        Connections connections =
                new Connections(vertx, node.connections(), config.maxConnections(), PATIENCE, node.metrics());
        HttpServer created = vertx.createHttpServer(options(config))
                .connectionHandler(connections::opened)
                .invalidRequestHandler(Problems::answerInvalid)
                .requestHandler(router(connections));
        return created.listen().onSuccess(bound -> server = bound);
    }

    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.shutdown(STOP_SECONDS, TimeUnit.SECONDS);
    }

    /** The port that is bound; differs from the configured one when that is 0. */
    public int port() {
        return server == null ? 0 : server.actualPort();
    }

    /**
     * Without HTTP/2 in clear text, which no browser or proxy of ours speaks and which would let a connection be seen only
     * at its first whole request.
     */
    static HttpServerOptions options(Config.Http config) {
        return new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port() == 0 ? ANY_PORT : config.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_ADDRESS_BYTES)
                .setHttp2ClearTextEnabled(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    private Router router(Connections connections) {
        Config config = node.config();
        SessionUrls session = new SessionUrls(config.session(), sessionPort);
        Router router = Router.router(vertx);
        router.route()
                .handler(new RequestGuard(config.http(), node.addresses(), connections, node.metrics(), session))
                .failureHandler(Problems::answerFailure);
        List.of(400, 404, 405, 413, 415, 500).forEach(status -> router.errorHandler(status, Problems::answerFailure));
        new HealthRoutes(vertx).mount(router, health);
        DocsRoutes.mount(vertx, router);
        router.get("/").handler(context -> context.redirect("/docs/"));
        Operations operations = new Operations();
        operations.operation(
                "getConfig", call -> Future.succeededFuture(Answer.ok(ClientConfig.of(config, session, call.host()))));
        features.forEach(feature -> feature.operations(operations));
        new ContractRouter(router, node, connections).mount(operations);
        return router;
    }
}

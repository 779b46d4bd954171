package io.parley.server.http;

import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** The management port: {@code /metrics} for Prometheus, and health also where no REST is served. One instance a node. */
public final class ManagementVerticle extends VerticleBase {
    private final Config.Management config;
    private final Health health;
    private final Metrics metrics;
    private @Nullable HttpServer server;

    public ManagementVerticle(Config.Management config, Health health, Metrics metrics) {
        this.config = config;
        this.health = health;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setIdleTimeout(90)
                .setHttp2ClearTextEnabled(false);
        Router router = Router.router(vertx);
        router.get("/metrics").handler(this::scrape);
        new HealthRoutes(vertx).mount(router, health);
        return vertx.createHttpServer(options).requestHandler(router).listen().onSuccess(bound -> server = bound);
    }

    /** The port that is bound; differs from the configured one when that is 0. */
    public int port() {
        return server == null ? 0 : server.actualPort();
    }

    /** Gathering reads files of the operating system and walks all series, so a worker does it. */
    private void scrape(RoutingContext context) {
        vertx.executeBlocking(metrics::scrape)
                .onSuccess(text -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onFailure(cause -> context.response().setStatusCode(500).end());
    }
}

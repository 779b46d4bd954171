package io.parley.support.testing.client;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;

/** What the clients of one node, or of several, share. Closing it ends their connections without ceremony. */
public final class ClientHost implements AutoCloseable {
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    /** Of streams and polls; the pool has a place for each from the beginning. */
    private static final int MOST_CONNECTIONS = 10_000;

    private static final int FRAME_BYTES = 64 * 1024 * 1024;

    private final Vertx vertx;
    private final Route route;
    private final WebSocketClient sockets;
    private final HttpClient http;
    private final Rest rest;

    /** Clients of one node, which have patience with it. */
    public ClientHost(Vertx vertx, Endpoints node) {
        this(vertx, Route.to(node), Rest.PATIENT_MS);
    }

    /**
     * Clients that may go to several nodes.
     *
     * @param timeoutMs how long a call waits for its answer
     */
    public ClientHost(Vertx vertx, Route route, long timeoutMs) {
        this.vertx = vertx;
        this.route = route;
        this.sockets = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(NO_LIMIT)
                .setMaxFrameSize(FRAME_BYTES)
                .setMaxMessageSize(FRAME_BYTES)
                .setTcpNoDelay(true));
        this.http =
                vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
        this.rest = new Rest(vertx, route, timeoutMs);
    }

    public Vertx vertx() {
        return vertx;
    }

    public Route route() {
        return route;
    }

    public WebSocketClient sockets() {
        return sockets;
    }

    /** For the session port. */
    public HttpClient http() {
        return http;
    }

    public Rest rest() {
        return rest;
    }

    @Override
    public void close() {
        sockets.close();
        http.close();
        rest.close();
    }
}

package io.parley.support.testing.client;

import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;

/** What the clients of one server share. Closing it ends their connections without ceremony. */
public final class ClientHost implements AutoCloseable {
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final int FRAME_BYTES = 64 * 1024 * 1024;

    private final Vertx vertx;
    private final Endpoints server;
    private final WebSocketClient sockets;
    private final Rest rest;

    public ClientHost(Vertx vertx, Endpoints server) {
        this.vertx = vertx;
        this.server = server;
        this.sockets = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(NO_LIMIT)
                .setMaxFrameSize(FRAME_BYTES)
                .setMaxMessageSize(FRAME_BYTES)
                .setTcpNoDelay(true));
        this.rest = new Rest(vertx, server.http());
    }

    public Vertx vertx() {
        return vertx;
    }

    public Endpoints server() {
        return server;
    }

    public WebSocketClient sockets() {
        return sockets;
    }

    public Rest rest() {
        return rest;
    }

    @Override
    public void close() {
        sockets.close();
        rest.close();
    }
}

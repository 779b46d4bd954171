package io.parley.support.testing.client;

import java.net.URI;

/** Where a node listens. */
public record Endpoints(URI http, URI websocket, URI management) {
    /** Port of the WebSocket, for raw sockets. */
    public int websocketPort() {
        return websocket.getPort();
    }
}

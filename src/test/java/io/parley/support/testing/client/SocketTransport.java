package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;

/** A WebSocket. */
final class SocketTransport implements Transport {
    private static final int NO_CLOSE_FRAME = 1006;
    private static final short NORMAL = 1000;
    private static final long HANDSHAKE_MS = 5_000;

    private final WebSocket socket;
    private final Listener listener;
    private boolean over;
    private boolean paused;

    private SocketTransport(WebSocket socket, Listener listener) {
        this.socket = socket;
        this.listener = listener;
        socket.textMessageHandler(this::receive);
        socket.exceptionHandler(lost -> {});
        socket.closeHandler(closed -> end());
    }

    static Future<Transport> open(WebSocketClient client, URI address, Listener listener) {
        WebSocketConnectOptions target = new WebSocketConnectOptions()
                .setHost(address.getHost())
                .setPort(address.getPort())
                .setURI(address.getPath())
                .setTimeout(HANDSHAKE_MS)
                .setAllowOriginHeader(false);
        return client.connect(target).map(socket -> new SocketTransport(socket, listener));
    }

    private void receive(String text) {
        JsonNode frame = Wire.parse(text);
        if (frame.isArray()) {
            frame.forEach(this::deliver);
        } else {
            deliver(frame);
        }
    }

    private void deliver(JsonNode frame) {
        if (!over) {
            listener.onFrame(frame);
        }
    }

    private void end() {
        if (!over) {
            over = true;
            Short code = socket.closeStatusCode();
            listener.onClosed(code == null ? NO_CLOSE_FRAME : code);
        }
    }

    @Override
    public Future<Void> send(JsonNode frame) {
        return over
                ? Future.failedFuture(CommandFailure.unanswered(CommandFailure.DISCONNECTED, "closed"))
                : socket.writeTextMessage(Json.text(frame));
    }

    @Override
    public Future<Void> close() {
        if (over) {
            return Future.succeededFuture();
        }
        over = true;
        return socket.close(NORMAL);
    }

    @Override
    public void pause() {
        paused = true;
        socket.pause();
    }

    @Override
    public void resume() {
        paused = false;
        socket.resume();
    }

    @Override
    public boolean isPaused() {
        return paused;
    }
}

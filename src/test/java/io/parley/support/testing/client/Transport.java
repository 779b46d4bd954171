package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;

/** One WebSocket: JSON objects out, JSON objects in, and its end. */
final class Transport {
    /** What the other side and the network do; called on the context that opened the socket. */
    interface Listener {
        void onFrame(JsonNode frame);

        void onClosed(int code);
    }

    private static final int NO_CLOSE_FRAME = 1006;
    private static final short NORMAL = 1000;
    private static final long HANDSHAKE_MS = 5_000;

    private final WebSocket socket;
    private final Listener listener;
    private boolean over;
    private boolean paused;

    private Transport(WebSocket socket, Listener listener) {
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
        return client.connect(target).map(socket -> new Transport(socket, listener));
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

    Future<Void> send(JsonNode frame) {
        return over
                ? Future.failedFuture(CommandFailure.unanswered(CommandFailure.DISCONNECTED, "closed"))
                : socket.writeTextMessage(Json.text(frame));
    }

    /** Ends it; nothing that is still under way is delivered, and the listener is not called. */
    Future<Void> close() {
        if (over) {
            return Future.succeededFuture();
        }
        over = true;
        return socket.close(NORMAL);
    }

    /** Stops reading, so that the server finds its writes stuck once the buffers on the way are full. */
    void pause() {
        paused = true;
        socket.pause();
    }

    void resume() {
        paused = false;
        socket.resume();
    }

    boolean isPaused() {
        return paused;
    }
}

package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event stream of one node; the {@code hello} opens it, and all other commands go over REST to any. */
final class StreamTransport implements Transport {
    private static final int NO_CLOSE_FRAME = 1006;
    private static final int GOING = 1012;
    private static final int UNAUTHENTICATED = 4401;

    private final ClientHost host;
    private final Endpoints node;
    private final Listener listener;
    private final Context context;
    private @Nullable EventStream stream;
    private @Nullable RestCommands commands;
    private String hello = "";
    private int code = NO_CLOSE_FRAME;
    private long userVersion;
    private boolean paused;
    private boolean over;

    StreamTransport(ClientHost host, Endpoints node, Listener listener) {
        this.host = host;
        this.node = node;
        this.listener = listener;
        this.context = host.vertx().getOrCreateContext();
    }

    @Override
    public Future<Void> send(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "hello" -> begin(frame);
            case "ping" -> context.runOnContext(later -> pong(frame.path("id").asText()));
            default -> {
                if (commands != null) {
                    commands.run(frame);
                }
            }
        }
        return Future.succeededFuture();
    }

    private void begin(JsonNode frame) {
        String token = frame.path("token").asText();
        hello = frame.path("id").asText();
        commands = new RestCommands(host.rest(), token, this::deliver);
        String query = frame.has("cursor") ? "?cursor=" + frame.path("cursor").asText() : "";
        EventStream.open(host.http(), node, query, Map.of("authorization", "Bearer " + token), this::receive)
                .onSuccess(this::opened)
                .onFailure(refused -> end(codeOf(refused)));
    }

    static int codeOf(Throwable refused) {
        int status = refused instanceof CommandFailure failure ? failure.status() : 0;
        return switch (status) {
            case 401 -> UNAUTHENTICATED;
            case 503 -> GOING;
            default -> NO_CLOSE_FRAME;
        };
    }

    private void opened(EventStream opened) {
        stream = opened;
        if (over) {
            opened.cut();
        }
        opened.ended().onComplete(ended -> context.runOnContext(now -> end(code)));
    }

    private void receive(JsonNode frame) {
        userVersion = Math.max(userVersion, frame.path("userVersion").asLong());
        switch (frame.path("type").asText()) {
            case "ready" -> deliver(((ObjectNode) frame.deepCopy()).put("id", hello));
            case "closed" -> code = frame.path("code").asInt();
            default -> deliver(frame);
        }
    }

    /** A stream has no pongs, but what a pong is for: a position, with whatever came before it. */
    private void pong(String id) {
        ObjectNode pong = Wire.object()
                .put("type", "pong")
                .put("id", id)
                .put("cursor", stream == null ? "" : stream.lastId())
                .put("userVersion", userVersion);
        pong.putArray("changed");
        deliver(pong);
    }

    private void deliver(JsonNode frame) {
        if (!over) {
            listener.onFrame(frame);
        }
    }

    private void end(int why) {
        if (!over) {
            over = true;
            listener.onClosed(why);
        }
    }

    @Override
    public Future<Void> close() {
        over = true;
        if (stream != null) {
            stream.cut();
        }
        return Future.succeededFuture();
    }

    @Override
    public void pause() {
        paused = true;
        if (stream != null) {
            stream.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (stream != null) {
            stream.resume();
        }
    }

    @Override
    public boolean isPaused() {
        return paused;
    }
}

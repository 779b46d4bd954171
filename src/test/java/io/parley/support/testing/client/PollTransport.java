package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Polls of one node, one after another; all commands go over REST to any. Now and then an answer gets lost on the way, and
 * what was in it must come again. A node that does not answer is asked again, a few times.
 */
final class PollTransport implements Transport {
    private static final int NO_CLOSE_FRAME = 1006;
    private static final int TIMEOUT_SECONDS = 20;
    private static final int LOST_ONE_IN = 8;
    private static final int MOST_FAILURES = 5;
    private static final long RETRY_MS = 300;

    private final ClientHost host;
    private final Endpoints node;
    private final Listener listener;
    private final Context context;
    private final Random random = new Random();
    private @Nullable RestCommands commands;
    private String hello = "";
    private String token = "";
    private String cursor = "";

    /** With which a session begins; that of a poll would go on with one that is there. */
    private String begun = "";

    private int failures;
    private long userVersion;
    private boolean paused;
    private boolean idle;
    private boolean over;

    PollTransport(ClientHost host, Endpoints node, Listener listener) {
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
        token = frame.path("token").asText();
        hello = frame.path("id").asText();
        cursor = frame.path("cursor").asText();
        commands = new RestCommands(host.rest(), token, this::deliver);
        // Whoever resumes waits until something has changed; whoever says hello wants to know at once.
        poll(0);
    }

    private void poll(int timeoutSeconds) {
        if (paused) {
            idle = true;
            return;
        }
        LongPoll.once(host.http(), node, token, cursor, timeoutSeconds)
                .onSuccess(this::receive)
                .onFailure(this::failed);
    }

    private void failed(Throwable cause) {
        int code = StreamTransport.codeOf(cause);
        if (code == NO_CLOSE_FRAME && !begun.isEmpty() && failures++ < MOST_FAILURES) {
            host.vertx().setTimer(RETRY_MS, later -> {
                if (!over) {
                    poll(TIMEOUT_SECONDS);
                }
            });
        } else {
            end(code);
        }
    }

    private void receive(JsonNode answer) {
        if (over) {
            return;
        }
        if (!cursor.isEmpty() && random.nextInt(LOST_ONE_IN) == 0) {
            poll(TIMEOUT_SECONDS);
            return;
        }
        failures = 0;
        cursor = answer.path("cursor").asText();
        for (JsonNode frame : answer.path("events")) {
            if (frame.path("type").asText().equals("closed")) {
                end(frame.path("code").asInt(NO_CLOSE_FRAME));
            } else {
                receiveEvent(frame);
            }
        }
        if (!over) {
            poll(TIMEOUT_SECONDS);
        }
    }

    /** A session may be replaced by a new one between two polls, which no client need notice but by its {@code ready}. */
    private void receiveEvent(JsonNode frame) {
        userVersion = Math.max(userVersion, frame.path("userVersion").asLong());
        begun = frame.path("cursor").asText(begun);
        deliver(frame.path("type").asText().equals("ready") ? ((ObjectNode) frame.deepCopy()).put("id", hello) : frame);
    }

    private void pong(String id) {
        ObjectNode pong = Wire.object()
                .put("type", "pong")
                .put("id", id)
                .put("cursor", begun)
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
        return Future.succeededFuture();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        if (idle) {
            idle = false;
            poll(TIMEOUT_SECONDS);
        }
    }

    @Override
    public boolean isPaused() {
        return paused;
    }
}

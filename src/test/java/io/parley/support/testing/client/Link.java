package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, over and over: opens it, says hello, pings, and comes back after a time that depends on why
 * it ended. On the client's context only.
 */
final class Link implements Transport.Listener {
    /** Who is told what comes in. */
    interface Receiver {
        void ready(JsonNode frame, boolean cursorGiven);

        void frame(String type, JsonNode frame);
    }

    private static final long SWEEP_MS = 1_000;
    private static final long HELLO_MS = 10_000;
    private static final int NO_CONNECTION = 1006;
    private static final int CLOSED_BY_US = 1000;
    private static final int NO_TIMER = -1;

    private final ClientHost host;
    private final Context context;
    private final Person person;
    private final ClientSettings settings;
    private final ClientState state;
    private final History history;
    private final Receiver receiver;
    private final Backoff backoff;
    private final List<Integer> closeCodes = new ArrayList<>();

    private boolean wanted;
    private boolean ready;
    private boolean cursorGiven;
    private boolean renewToken;
    private boolean pingUnanswered;
    private int attempt;
    private long adviceMs;
    private long heartbeat = NO_TIMER;
    private long sweep = NO_TIMER;
    private @Nullable Endpoints failed;
    private @Nullable Endpoints node;
    private @Nullable Transport transport;
    private @Nullable Commands commands;
    private Promise<Void> whenReady = Promise.promise();

    Link(
            ClientHost host,
            Context context,
            Person person,
            ClientSettings settings,
            ClientState state,
            History history,
            Receiver receiver) {
        this.host = host;
        this.context = context;
        this.person = person;
        this.settings = settings;
        this.state = state;
        this.history = history;
        this.receiver = receiver;
        this.backoff = new Backoff(new Random(), settings.longestBackoffMs());
    }

    boolean isReady() {
        return ready;
    }

    /** How the connections so far have ended. */
    List<Integer> closeCodes() {
        return List.copyOf(closeCodes);
    }

    /** Where it is connected to, ready or about to be. */
    @Nullable
    Endpoints node() {
        return node;
    }

    @Nullable
    Transport transport() {
        return transport;
    }

    /** Wants a connection from now on; the future completes when the first one is ready. */
    Future<Void> connect() {
        if (ready || wanted) {
            return ready ? Future.succeededFuture() : whenReady.future();
        }
        wanted = true;
        whenReady = Promise.promise();
        open();
        return whenReady.future();
    }

    Future<Void> disconnect() {
        wanted = false;
        attempt++;
        whenReady.tryFail(CommandFailure.unanswered(CommandFailure.DISCONNECTED, "closed before it was ready"));
        Transport last = transport;
        end(CLOSED_BY_US);
        return last == null ? Future.succeededFuture() : last.close();
    }

    private void open() {
        int mine = ++attempt;
        Future<String> token =
                renewToken ? person.tokens().renew() : person.tokens().current();
        renewToken = false;
        Endpoints chosen = host.route().next(failed);
        failed = chosen;
        token.compose(value ->
                        settings.way().open(host, chosen, this).onSuccess(opened -> use(opened, chosen, value, mine)))
                .onFailure(refused -> {
                    if (mine == attempt) {
                        onClosed(NO_CONNECTION);
                    }
                });
    }

    private void use(Transport opened, Endpoints chosen, String token, int mine) {
        if (mine != attempt) {
            opened.close();
            return;
        }
        transport = opened;
        node = chosen;
        commands = new Commands(opened);
        ObjectNode hello = Wire.object().put("token", token).put("batch", settings.batch());
        hello.putObject("device").put("id", settings.device()).put("platform", "test");
        String cursor = settings.useCursor() ? state.cursor() : null;
        cursorGiven = cursor != null;
        if (cursor != null) {
            hello.put("cursor", cursor);
        }
        sweep = host.vertx().setPeriodic(SWEEP_MS, tick -> expire());
        commands.send("hello", hello).onFailure(refused -> renewToken = true);
        later(HELLO_MS, () -> giveUp(opened));
    }

    /** A node that does not answer a hello may answer nobody. */
    private void giveUp(Transport opened) {
        if (transport == opened && !ready) {
            opened.close();
            onClosed(NO_CONNECTION);
        }
    }

    private void expire() {
        if (commands != null) {
            commands.expire();
        }
    }

    @Override
    public void onFrame(JsonNode frame) {
        String type = frame.path("type").asText();
        adviceMs = Math.max(
                frame.path("retryAfterMs").asLong(),
                frame.path("error").path("retryAfterMs").asLong(adviceMs));
        switch (type) {
            case "ready" -> begin(frame);
            case "ok", "error" -> complete(frame);
            case "pong" -> {
                pingUnanswered = false;
                receiver.frame(type, frame);
                complete(frame);
            }
            default -> receiver.frame(type, frame);
        }
    }

    private void complete(JsonNode reply) {
        if (commands != null) {
            commands.complete(reply);
        }
    }

    private void begin(JsonNode frame) {
        if (ready) {
            // Who polls may be given another session without having asked for it.
            history.add(new Entry.Disconnected(NO_CONNECTION));
            host.vertx().cancelTimer(heartbeat);
            cursorGiven = true;
        }
        ready = true;
        pingUnanswered = false;
        failed = null;
        backoff.succeeded();
        long everyMs = Math.max(1, frame.path("heartbeatMs").asLong(1));
        heartbeat = host.vertx().setPeriodic(everyMs, tick -> beat());
        receiver.ready(frame, cursorGiven);
        complete(frame);
        whenReady.tryComplete();
    }

    /** A ping that has no pong by the time of the next means that nobody is there any more, if anybody listens. */
    private void beat() {
        if (pingUnanswered && transport != null && !transport.isPaused()) {
            transport.close();
            onClosed(NO_CONNECTION);
        } else {
            ping();
        }
    }

    Future<Void> ping() {
        pingUnanswered = true;
        return command("ping", Wire.object()).mapEmpty();
    }

    @Override
    public void onClosed(int code) {
        closeCodes.add(code);
        end(code);
        if (!wanted) {
            return;
        }
        long delay = backoff.delay(code, adviceMs);
        if (delay == Backoff.NEVER) {
            wanted = false;
            whenReady.tryFail(CommandFailure.unanswered(CommandFailure.DISCONNECTED, "closed with " + code));
            return;
        }
        int mine = attempt;
        later(delay, () -> {
            if (wanted && mine == attempt) {
                open();
            }
        });
    }

    private void end(int code) {
        if (ready) {
            history.add(new Entry.Disconnected(code));
        }
        ready = false;
        host.vertx().cancelTimer(heartbeat);
        host.vertx().cancelTimer(sweep);
        Commands last = commands;
        node = null;
        transport = null;
        commands = null;
        if (last != null) {
            last.failAll();
        }
    }

    /** Gives a command; the future has the whole reply. */
    Future<JsonNode> command(String type, ObjectNode fields) {
        return commands == null || !ready
                ? Future.failedFuture(CommandFailure.unanswered(CommandFailure.DISCONNECTED, "not connected"))
                : commands.send(type, fields);
    }

    void later(long delayMs, Runnable action) {
        if (delayMs <= 0) {
            context.runOnContext(now -> action.run());
        } else {
            host.vertx().setTimer(delayMs, due -> action.run());
        }
    }
}

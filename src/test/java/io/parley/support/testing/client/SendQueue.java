package io.parley.support.testing.client;

import io.parley.support.testing.checker.Content;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Messages on their way out. They are pipelined; when the outcome of one is unknown, nothing more goes out to its
 * conversation until all that are under way there have their answer, and then all without one go again, in order
 * and with the same ids, for as long as it takes.
 */
final class SendQueue {
    /** Below the commands that a server lets one session have under way. */
    private static final int MOST_UNDER_WAY = 128;

    private static final long RETRY_MS = 100;

    private final Link link;
    private final History history;
    private final Map<UUID, Line> lines = new LinkedHashMap<>();
    private int underWay;
    private int unresolved;
    private long lastOrder;

    SendQueue(Link link, History history) {
        this.link = link;
        this.history = history;
    }

    private record Outgoing(long order, UUID conversation, UUID id, String text, Promise<SentMessage> promise) {}

    /** What goes to one conversation. */
    private static final class Line {
        final Deque<Outgoing> waiting = new ArrayDeque<>();
        final List<Outgoing> again = new ArrayList<>();
        int underWay;
    }

    Future<SentMessage> send(UUID conversation, UUID id, String text) {
        Outgoing message = new Outgoing(++lastOrder, conversation, id, text, Promise.promise());
        Line line = lines.computeIfAbsent(conversation, any -> new Line());
        line.waiting.add(message);
        unresolved++;
        pump(line);
        return message.promise().future();
    }

    /** Messages without a final answer. */
    int unresolved() {
        return unresolved;
    }

    /** A connection is ready: all that is without answer goes again. */
    void resume() {
        lines.values().forEach(this::repeat);
    }

    private void pump(Line line) {
        while (link.isReady() && line.again.isEmpty() && underWay < MOST_UNDER_WAY && !line.waiting.isEmpty()) {
            transmit(line, line.waiting.remove());
        }
    }

    private void transmit(Line line, Outgoing message) {
        history.add(new Entry.Sent(message.conversation(), message.id(), Content.hash(message.text())));
        line.underWay++;
        underWay++;
        var fields = Wire.object().put("conversation", message.conversation().toString());
        fields.putObject("message")
                .put("id", message.id().toString())
                .put("type", "text")
                .put("text", message.text());
        link.command("message.send", fields).onComplete(done -> {
            line.underWay--;
            underWay--;
            if (done.succeeded()) {
                acked(message, SentMessage.of(done.result().path("result")));
            } else {
                failed(line, message, done.cause());
            }
            if (!line.again.isEmpty() && line.underWay == 0 && link.isReady()) {
                link.later(RETRY_MS, () -> repeat(line));
            }
            lines.values().forEach(this::pump);
        });
    }

    private void acked(Outgoing message, SentMessage stored) {
        unresolved--;
        history.add(new Entry.Acked(message.conversation(), message.id(), stored.number(), stored.version()));
        message.promise().complete(stored);
    }

    private void failed(Line line, Outgoing message, Throwable cause) {
        CommandFailure failure =
                cause instanceof CommandFailure known ? known : CommandFailure.unanswered("broken", cause.toString());
        history.add(new Entry.Failed(message.conversation(), message.id(), failure.code(), failure.isOutcomeUnknown()));
        if (failure.isPassing()) {
            line.again.add(message);
        } else {
            unresolved--;
            message.promise().fail(failure);
        }
    }

    private void repeat(Line line) {
        if (line.underWay > 0 || !link.isReady()) {
            return;
        }
        line.again.sort(Comparator.comparingLong(Outgoing::order).reversed());
        line.again.forEach(line.waiting::addFirst);
        line.again.clear();
        pump(line);
    }
}

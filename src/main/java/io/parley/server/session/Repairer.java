package io.parley.server.session;

import io.parley.server.persistence.JournalReader;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what the bus has lost: rereads every journal row at or above its fence and compares it with what the hub has
 * delivered. It does not wait for transactions that are still running; what they commit is at or above the fence and
 * is read the next time. Its position is in memory only. Lives on the hub's context.
 */
final class Repairer {
    private static final Logger LOG = LoggerFactory.getLogger(Repairer.class);

    private final Vertx vertx;
    private final JournalReader journal;
    private final long pollMs;
    private final Hub.Parts hub;
    private final List<SessionLoop> loops;
    private final Metrics metrics;
    private long fence;
    private boolean stopped;
    private long movedAt = System.nanoTime();
    private volatile long readAt = System.nanoTime();

    Repairer(Vertx vertx, JournalReader journal, long pollMs, Hub.Parts hub, List<SessionLoop> loops, Metrics metrics) {
        this.vertx = vertx;
        this.journal = journal;
        this.pollMs = pollMs;
        this.hub = hub;
        this.loops = loops;
        this.metrics = metrics;
    }

    Future<Void> start() {
        return journal.begin().map(window -> {
            fence = window.fence();
            next();
            return null;
        });
    }

    void stop() {
        stopped = true;
    }

    private void next() {
        if (stopped) {
            return;
        }
        vertx.setTimer(
                pollMs,
                ignored -> journal.since(fence)
                        .onSuccess(this::compare)
                        .onFailure(this::missed)
                        .onComplete(done -> next()));
    }

    private void missed(Throwable cause) {
        if (!stopped) {
            LOG.warn("the journal cannot be read: {}", cause.toString());
        }
    }

    /** How long the fence has stood still although transactions have begun after it. */
    private void measureLag(JournalReader.Window window) {
        long now = System.nanoTime();
        if (window.fence() != fence || window.fence() == window.newest()) {
            movedAt = now;
        }
        metrics.fenceLag((now - movedAt) / 1_000_000);
    }

    /** Milliseconds since the journal was last read. */
    long silence() {
        return (System.nanoTime() - readAt) / 1_000_000;
    }

    private void compare(JournalReader.Window window) {
        readAt = System.nanoTime();
        measureLag(window);
        window.conversations().forEach(head -> hub.conversations().expect(head.id(), head.toVersion()));
        window.people().forEach(head -> hub.people().expect(head.id(), head.toVersion()));
        fence = window.fence();
        // Only when nothing is lacking may a client be told that it has everything below the fence.
        if (hub.conversations().complete() && hub.people().complete()) {
            loops.forEach(loop -> loop.complete(window.fence()));
        }
    }
}

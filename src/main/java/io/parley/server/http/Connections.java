package io.parley.server.http;

import io.parley.support.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of one server instance: no more than the node may have, and none that takes its time. A peer
 * that has not sent a whole request in time since it connected or got its last answer is cut off, however many single
 * bytes it has sent meanwhile. All on the instance's event loop but the node's count.
 */
final class Connections {
    /** A peer may take an answer as slowly as that before its time for the next request begins. */
    private static final long SLOWEST_BYTES_PER_SECOND = 4 * 1024;

    private final long startedNanos = System.nanoTime();

    private final AtomicInteger open;
    private final int most;
    private final Metrics metrics;
    private final long patienceNanos;

    /** Until when, in nanoseconds since the start, the next whole request must have come; none while the peer waits. */
    private final Map<HttpConnection, OptionalLong> deadlines = new HashMap<>();

    /** @param open number of connections on the node, shared by its instances */
    Connections(Vertx vertx, AtomicInteger open, int most, Duration patience, Metrics metrics) {
        this.open = open;
        this.most = most;
        this.metrics = metrics;
        this.patienceNanos = patience.toNanos();
        vertx.setPeriodic(patience.toMillis() / 10, tick -> sweep());
    }

    void opened(HttpConnection connection) {
        metrics.httpConnections(1);
        boolean tooMany = open.incrementAndGet() > most;
        connection.closeHandler(closed -> {
            deadlines.remove(connection);
            open.decrementAndGet();
            metrics.httpConnections(-1);
        });
        if (tooMany) {
            connection.close();
        } else {
            deadlines.put(connection, deadlineAfter(0));
        }
    }

    /** A whole request has come. */
    void received(HttpConnection connection) {
        deadlines.replace(connection, OptionalLong.empty());
    }

    /** An answer of so many bytes has been written, or never will be. */
    void answered(HttpConnection connection, long bytes) {
        deadlines.replace(connection, deadlineAfter(bytes));
    }

    private OptionalLong deadlineAfter(long bytes) {
        long taking = TimeUnit.SECONDS.toNanos(bytes / SLOWEST_BYTES_PER_SECOND);
        return OptionalLong.of(System.nanoTime() - startedNanos + taking + patienceNanos);
    }

    private void sweep() {
        long now = System.nanoTime() - startedNanos;
        deadlines.entrySet().stream()
                .filter(entry -> entry.getValue().orElse(Long.MAX_VALUE) < now)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(HttpConnection::close);
    }
}

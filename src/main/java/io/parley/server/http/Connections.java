package io.parley.server.http;

import io.parley.support.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of one server instance: no more than the node may have, and none that takes its time. A peer
 * that has not sent a whole request in time since it connected or got its last answer is cut off, however many single
 * bytes it has sent meanwhile. All on the instance's event loop but the node's count.
 */
final class Connections {
    private static final long BUSY = Long.MAX_VALUE;

    private final AtomicInteger open;
    private final int most;
    private final Metrics metrics;
    private final long patienceNanos;

    /** Since when (nanoTime) we wait for a whole request; {@link #BUSY} while the peer waits for us. */
    private final Map<HttpConnection, Long> waiting = new HashMap<>();

    /** @param open number of connections on the node, shared by its instances */
    Connections(Vertx vertx, AtomicInteger open, int most, Duration patience, Metrics metrics) {
        this.open = open;
        this.most = most;
        this.metrics = metrics;
        this.patienceNanos = patience.toNanos();
        vertx.setPeriodic(patience.toMillis() / 10, tick -> sweep(System.nanoTime()));
    }

    void opened(HttpConnection connection) {
        metrics.httpConnections(1);
        boolean tooMany = open.incrementAndGet() > most;
        connection.closeHandler(closed -> {
            waiting.remove(connection);
            open.decrementAndGet();
            metrics.httpConnections(-1);
        });
        if (tooMany) {
            connection.close();
        } else {
            waiting.put(connection, System.nanoTime());
        }
    }

    /** A whole request has come. */
    void received(HttpConnection connection) {
        waiting.replace(connection, BUSY);
    }

    /** An answer has gone out, or never will. */
    void answered(HttpConnection connection) {
        waiting.replace(connection, System.nanoTime());
    }

    private void sweep(long now) {
        waiting.entrySet().stream()
                .filter(entry -> entry.getValue() != BUSY && now - entry.getValue() > patienceNanos)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(HttpConnection::close);
    }
}

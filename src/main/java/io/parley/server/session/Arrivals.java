package io.parley.server.session;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop that hold no session: each must ask for something soon after it was opened and after
 * each answer, however slowly it does so, and is closed otherwise. By the address and port of the peer, which is all that
 * a handshake tells.
 */
final class Arrivals {
    private static final long LOOK_MS = 500;

    /** A peer may take an answer as slowly as that before its time for the next request begins. */
    private static final long SLOWEST_BYTES_PER_SECOND = 4 * 1024;

    private final long patienceNanos;
    private final Map<SocketAddress, Arrival> waiting = new HashMap<>();

    /** @param until by the clock of {@link System#nanoTime} */
    private record Arrival(HttpConnection connection, long until) {}

    Arrivals(Vertx vertx, long patienceMs) {
        this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMs);
        vertx.setPeriodic(LOOK_MS, ignored -> look(System.nanoTime()));
    }

    void opened(HttpConnection connection) {
        SocketAddress peer = Objects.requireNonNull(connection.remoteAddress());
        connection.closeHandler(closed -> waiting.remove(peer));
        answered(connection, 0);
    }

    /** A whole request has come, or the connection has become something else. */
    void asked(SocketAddress peer) {
        waiting.remove(peer);
    }

    /** An answer of so many bytes is on its way. */
    void answered(HttpConnection connection, long bytes) {
        long taking = TimeUnit.SECONDS.toNanos(bytes / SLOWEST_BYTES_PER_SECOND);
        waiting.put(
                Objects.requireNonNull(connection.remoteAddress()),
                new Arrival(connection, System.nanoTime() + patienceNanos + taking));
    }

    private void look(long now) {
        List<Arrival> late = waiting.values().stream()
                .filter(arrival -> now - arrival.until() > 0)
                .toList();
        waiting.values().removeAll(late);
        late.forEach(arrival -> arrival.connection().close());
    }
}

package io.parley.server.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures how late each event loop runs what is due, twice a second. Lateness is what every session and request on
 * that loop waits for in addition; a loop that does not run at all is stuck in code that blocks.
 */
public final class EventLoopLag implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Metrics metrics;
    private final List<Probe> probes = new ArrayList<>();
    private volatile boolean closed;

    public EventLoopLag(Vertx vertx, Metrics metrics) {
        this.metrics = metrics;
        for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            Probe probe = new Probe(loop);
            probes.add(probe);
            probe.next();
        }
    }

    /** Fails when a loop has been stuck for longer than anything that ends by itself. */
    public Health.Check check() {
        return new Health.Check(
                "event-loops",
                Health.Severity.FATAL,
                () -> worst().toNanos() < STUCK_NANOS
                        ? Future.succeededFuture()
                        : Future.failedFuture("an event loop is stuck"));
    }

    /** How late the worst loop is now. */
    public Duration worst() {
        long now = System.nanoTime();
        return Duration.ofNanos(Math.max(
                0,
                probes.stream().mapToLong(probe -> now - probe.dueNanos).max().orElse(0)));
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Probe implements Runnable {
        private final EventExecutor loop;
        private volatile long dueNanos;

        Probe(EventExecutor loop) {
            this.loop = loop;
        }

        void next() {
            dueNanos = System.nanoTime() + PERIOD_NANOS;
            ScheduledFuture<?> unused = loop.schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            metrics.loopLate(Math.max(0, System.nanoTime() - dueNanos));
            if (!closed) {
                next();
            }
        }
    }
}

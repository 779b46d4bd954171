package io.parley.features.search;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps work to a share of the time: after each piece it rests as long as that takes. So however much there is to be
 * indexed, the rest of the time the processors and disks of the database belong to those who send. Runs on the event
 * loop that calls.
 */
final class Pace {
    private final double share;

    /** @param share of the time, above 0, at most 1 */
    Pace(double share) {
        this.share = share;
    }

    <T> Future<T> of(Supplier<Future<T>> piece) {
        long begun = System.nanoTime();
        return piece.get().compose(done -> rest(System.nanoTime() - begun).map(done));
    }

    private static Future<Void> timer(long ms) {
        return Objects.requireNonNull(Vertx.currentContext(), "work is done on an event loop")
                .owner()
                .timer(ms)
                .mapEmpty();
    }

    private Future<Void> rest(long workedNanos) {
        long ms = Math.round(TimeUnit.NANOSECONDS.toMillis(workedNanos) * (1 - share) / share);
        return ms == 0 ? Future.succeededFuture() : timer(ms);
    }
}

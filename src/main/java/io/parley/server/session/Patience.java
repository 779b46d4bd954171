package io.parley.server.session;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * When to ask for what is lacking of one conversation or person: when for a while nothing has come that belongs before
 * it. What is only late must not be asked for, because then the database reads what the bus brings anyway, most of all
 * when there is the least time for it, and everything becomes later still. Belongs to the hub's context.
 */
final class Patience {
    /** Longer than the pauses of a node that is just busy; with the journal's poll far below what people notice. */
    static final long MILLIS = 250;

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(MILLIS);

    private long renewedAt;

    /** Something came of which the rest may follow. */
    void renew() {
        renewedAt = System.nanoTime();
    }

    /** Does it when this has not been renewed for the whole time. */
    void whenOver(Vertx vertx, Runnable ask) {
        renew();
        await(vertx, MILLIS, ask);
    }

    private void await(Vertx vertx, long millis, Runnable ask) {
        vertx.setTimer(millis, ignored -> {
            long left = NANOS - (System.nanoTime() - renewedAt);
            if (left <= 0) {
                ask.run();
            } else {
                await(vertx, TimeUnit.NANOSECONDS.toMillis(left) + 1, ask);
            }
        });
    }
}

package io.parley.server.session;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long an event may be late before it is asked for. Asking for what is only late costs the database a reading of
 * what the bus brings anyway, most of all when it has the least to spare; so the time doubles when an event comes that
 * was asked for in vain, and falls again when none has for a while, as TCP does with its time-outs (RFC 6298, RFC
 * 3522). What is really lost never comes, and does not change it. Belongs to the hub's context.
 */
final class Patience {
    static final long LEAST_MS = 50;
    static final long MOST_MS = 3_200;

    private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanos;
    private long millis = LEAST_MS;
    private long changedAt;

    /** @param nanos the clock, as {@link System#nanoTime} */
    Patience(LongSupplier nanos) {
        this.nanos = nanos;
        this.changedAt = nanos.getAsLong();
    }

    long millis() {
        long now = nanos.getAsLong();
        while (millis > LEAST_MS && now - changedAt >= CALM_NANOS) {
            millis /= 2;
            changedAt += CALM_NANOS;
        }
        return millis;
    }

    /** Something was asked for, and then it came by itself. Many that were late together count once. */
    void askedInVain() {
        long now = nanos.getAsLong();
        if (millis() < MOST_MS && (millis == LEAST_MS || now - changedAt >= TimeUnit.MILLISECONDS.toNanos(millis))) {
            millis *= 2;
        }
        changedAt = now;
    }
}

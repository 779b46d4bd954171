package io.parley.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What somebody may ask for in a time: fills up steadily to a bound, and is taken from. Kept as the one moment at which
 * it will be full, so the rate may change from one question to the next. Safe on any thread, without locks.
 */
public final class TokenBucket {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    /** By {@link System#nanoTime}. */
    private final AtomicLong fullAt;

    /** Begins full. */
    public TokenBucket(long nowNanos) {
        this.fullAt = new AtomicLong(nowNanos);
    }

    /**
     * @param most that may be taken at once
     * @param nanosEach in which one comes back
     */
    public record Rate(int most, long nanosEach) {
        public static Rate of(int most, double perSecond) {
            return new Rate(most, Math.max(1, (long) (NANOS / perSecond)));
        }

        public static Rate perSecond(int count) {
            return of(count, count);
        }

        /** A minute's worth may be taken at once. */
        public static Rate perMinute(int count) {
            return of(count, count / 60.0);
        }
    }

    /** @return 0 when it was taken, else milliseconds until it can be */
    public long take(Rate rate, int wanted, long nowNanos) {
        long cost = wanted * rate.nanosEach();
        long bound = rate.most() * rate.nanosEach();
        while (true) {
            long full = fullAt.get();
            long from = full - nowNanos > 0 ? full : nowNanos;
            long excess = from - nowNanos + cost - bound;
            if (excess > 0) {
                return Math.ceilDiv(excess, TimeUnit.MILLISECONDS.toNanos(1));
            }
            if (fullAt.compareAndSet(full, from + cost)) {
                return 0;
            }
        }
    }

    /** Gives back what was taken for nothing. */
    public void giveBack(Rate rate, int taken) {
        fullAt.addAndGet(-taken * rate.nanosEach());
    }
}

package io.parley.support;

import java.util.concurrent.TimeUnit;

/** What somebody may ask for in a time: fills up steadily to a bound, and is taken from. Belongs to one event loop. */
public final class TokenBucket {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double most;
    private final double perSecond;
    private double left;
    private long filledAt;

    /**
     * Begins full.
     *
     * @param most that may be taken at once
     */
    public TokenBucket(int most, double perSecond, long nowNanos) {
        this.most = most;
        this.perSecond = perSecond;
        this.left = most;
        this.filledAt = nowNanos;
    }

    /** @return 0 when it was taken, else milliseconds until it can be */
    public long take(int wanted, long nowNanos) {
        left = Math.min(most, left + (nowNanos - filledAt) * perSecond / NANOS);
        filledAt = nowNanos;
        if (wanted <= left) {
            left -= wanted;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((wanted - left) * 1000 / perSecond));
    }
}

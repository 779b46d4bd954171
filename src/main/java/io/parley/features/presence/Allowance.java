package io.parley.features.presence;

import java.util.concurrent.TimeUnit;

/** What one session may ask for in a time: fills up steadily to a bound, and is taken from. */
final class Allowance {
    private final double most;
    private final double perNano;
    private double left;
    private long filledAt;

    Allowance(int most, double perSecond, long nowNanos) {
        this.most = most;
        this.perNano = perSecond / TimeUnit.SECONDS.toNanos(1);
        this.left = most;
        this.filledAt = nowNanos;
    }

    /** @return 0 when it was taken, else ms until it can be */
    long take(int wanted, long nowNanos) {
        left = Math.min(most, left + (nowNanos - filledAt) * perNano);
        filledAt = nowNanos;
        if (wanted <= left) {
            left -= wanted;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((wanted - left) / perNano / TimeUnit.MILLISECONDS.toNanos(1)));
    }
}

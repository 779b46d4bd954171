package io.parley.server.session;

/** A token bucket for the commands of one session: two numbers, because there is one for each of very many sessions. */
final class CommandBudget {
    private static final long NANOS = 1_000_000_000;

    private final int perSecond;
    private final int burst;
    private double tokens;
    private long filledAt;

    CommandBudget(int perSecond, int burst, long nowNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledAt = nowNanos;
    }

    /** @return 0 when the command may go, else milliseconds until one may */
    long take(long nowNanos) {
        tokens = Math.min(burst, tokens + (double) (nowNanos - filledAt) * perSecond / NANOS);
        filledAt = nowNanos;
        if (tokens >= 1) {
            tokens--;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - tokens) * 1000 / perSecond));
    }
}

package io.parley.support.testing.client;

import java.util.Random;

/** When a client that lost its connection may try again, as the interface asks. Pure but for chance. */
final class Backoff {
    /** Do not come back by yourself. */
    static final long NEVER = -1;

    private static final int GOING = 1012;
    private static final int MALFORMED = 4400;
    private static final int UNAUTHENTICATED = 4401;
    private static final int TOO_SLOW = 4408;
    private static final int REPLACED = 4409;
    private static final int TOO_LARGE = 4413;
    private static final int TOO_MANY = 4429;
    private static final long FIRST_MS = 1_000;
    private static final long SHORT_MS = 100;
    private static final long MINUTE_MS = 60_000;
    private static final int MOST_REFUSALS = 3;

    private final Random random;
    private final long longestMs;
    private long nextMs = FIRST_MS;
    private int refusals;

    /** @param longestMs upper end of the doubling; a client has 30 s, tests less */
    Backoff(Random random, long longestMs) {
        this.random = random;
        this.longestMs = longestMs;
    }

    /** A connection came to {@code ready}. */
    void succeeded() {
        nextMs = FIRST_MS;
        refusals = 0;
    }

    /**
     * @param code of the close frame
     * @param adviceMs the server's last {@code retryAfterMs}, 0 when it gave none
     * @return milliseconds to wait, or {@link #NEVER}
     */
    long delay(int code, long adviceMs) {
        return switch (code) {
            case MALFORMED, REPLACED, TOO_LARGE -> NEVER;
            case TOO_SLOW -> random.nextLong(SHORT_MS);
            case UNAUTHENTICATED -> ++refusals > MOST_REFUSALS ? NEVER : random.nextLong(SHORT_MS);
            case GOING -> random.nextLong(Math.max(1, Math.min(adviceMs, longestMs)));
            case TOO_MANY -> Math.min(longestMs, adviceMs > 0 ? adviceMs : MINUTE_MS);
            default -> doubled();
        };
    }

    private long doubled() {
        long delay = random.nextLong(Math.min(nextMs, longestMs));
        nextMs = Math.min(2 * nextMs, 30 * FIRST_MS);
        return delay;
    }
}

package io.parley.support.testing.campaign;

/**
 * One message of the probe. Times by {@link System#nanoTime}; {@link #NEVER} for what has not happened.
 *
 * @param dueNanos when it should have been sent
 * @param ackedNanos when the sender was told that it is stored
 * @param committedNanos when it was stored at the latest: somebody knew of it
 * @param completeNanos when the last device had it
 */
record Sample(long dueNanos, long ackedNanos, long committedNanos, long completeNanos) {
    static final long NEVER = Long.MAX_VALUE;
}

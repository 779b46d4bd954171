package io.parley.features.accounts.passwords;

import io.vertx.core.Future;

/**
 * Counts attempts in windows that begin with the first one. An attempt is counted before it is made, so that many at
 * once are not all let through.
 */
interface Attempts {
    /** A counter and how far it may go. */
    record Counter(String key, int limit) {}

    /** Counts one on both, or on none when one of them is full. Answers how many ms to wait; 0: go ahead. */
    Future<Long> take(Counter account, Counter address);

    /** Takes one back, if there is one. */
    Future<Void> giveBack(String key);

    Future<Void> reset(String key);
}

/**
 * Checking passwords without giving anything away: hashing on a bounded pool, and the limit on wrong attempts. Knows
 * nothing of the database; used by {@code features.accounts} alone.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.accounts.passwords;

/**
 * Access tokens: the keys that sign them, making and verifying them, the tokens of trusted issuers, and the
 * operator's key. Knows nothing of accounts or of the database; used by {@code features.accounts} alone.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.accounts.tokens;

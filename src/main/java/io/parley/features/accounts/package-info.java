/**
 * Accounts: people register, log in, refresh and log out; find each other; are suspended; are made and let in in bulk
 * by the operator, or come with the tokens of trusted issuers. Tables: {@code users}, {@code user_words}, {@code
 * user_counters}, {@code credentials}, {@code refresh_families}, {@code external_identities}.
 *
 * <p>Others may use {@link io.parley.features.accounts.AccountActions}, {@link
 * io.parley.features.accounts.AccountEvents} and, in wiring, {@link io.parley.features.accounts.AccountFeature}.
 */
@org.jspecify.annotations.NullMarked
package io.parley.features.accounts;

package io.parley.server.auth;

import io.vertx.core.Future;

/** Turns credentials into callers. Called on any event loop; never blocks it. */
public interface Authenticator {
    /**
     * Verifies signature, issuer, audience and life of an access token and that its account is active (known at
     * most a second late).
     *
     * @return fails with {@code unauthenticated}, or {@code unavailable} when the account cannot be looked up
     */
    Future<Principal> authenticate(String accessToken);

    /** Whether this is the operator's key; compares in constant time. */
    boolean isOperator(String bearer);
}

package io.parley.server.auth;

import io.vertx.core.Future;

/** Turns credentials into callers. Called on any event loop; never blocks it. */
public interface Authenticator {
    /**
     * Verifies signature, issuer, audience and life of an access token, that its account is active, and that nothing
     * has ended it, such as the end of its log-in (known at most a second late).
     *
     * @return fails with {@code unauthenticated}, or {@code unavailable} when the account cannot be looked up
     */
    Future<Principal> authenticate(String accessToken);

    /** Whether this is the operator's key; compares in constant time. */
    boolean isOperator(String bearer);
}

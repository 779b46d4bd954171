package io.parley.features.accounts.tokens;

import io.vertx.core.Future;
import io.vertx.ext.auth.jwt.JWTAuth;

/** Where the public keys of a trusted issuer come from. */
interface IssuerKeys {
    /**
     * What verifies with the key of this id.
     *
     * @param kid empty when the token names none
     * @return fails with {@code unauthenticated} when there is no such key, {@code unavailable} when that cannot be
     *     known now
     */
    Future<JWTAuth> withKid(String kid);
}

package io.parley.features.accounts.tokens;

import io.parley.support.AppError;
import io.parley.support.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Verifies access tokens, ours and those of trusted issuers: {@code iss} only chooses who must have signed. Called on
 * any event loop; does not look at accounts.
 */
public final class TokenVerifier {
    private final AccessTokens ours;
    private final Map<String, TrustedIssuer> issuers = new HashMap<>();

    /**
     * Blocks while it reads key files.
     *
     * @throws IllegalStateException saying in a line what is wrong with an issuer's configuration
     */
    public TokenVerifier(Vertx vertx, AccessTokens ours, List<Config.Issuer> trusted, Clock clock) {
        this.ours = ours;
        for (Config.Issuer config : trusted) {
            if (config.issuer().equals(ours.issuer())
                    || issuers.put(config.issuer(), new TrustedIssuer(vertx, config, clock)) != null) {
                throw new IllegalStateException("auth.issuers: " + config.issuer() + " is there twice");
            }
        }
    }

    /** Fails with {@code unauthenticated}, or {@code unavailable} when an issuer's keys cannot be had now. */
    public Future<Bearer> verify(String token) {
        try {
            TokenParts parts = TokenParts.parse(token);
            if (parts.issuer().equals(ours.issuer())) {
                return Future.succeededFuture(ours.verify(token, parts));
            }
            TrustedIssuer issuer = issuers.get(parts.issuer());
            return issuer == null
                    ? Future.failedFuture(TokenParts.unauthenticated())
                    : issuer.verify(token, parts).map(person -> person);
        } catch (AppError refused) {
            return Future.failedFuture(refused);
        }
    }
}

package io.parley.features.accounts.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes and verifies our access tokens: JWT, signed with RS256 and nothing else, under a key of {@link SigningKeys}
 * that the token must name. {@code use} tells them from tokens for other purposes under the same keys.
 *
 * <p>Signing takes a millisecond of a core and happens on workers, one a core; verifying takes 20 µs and happens where
 * it is asked for. Each thread has a {@link JWTAuth} of its own, because one holds a lock while it computes.
 */
public final class AccessTokens {
    static final String AUDIENCE = "parley";
    static final String ALGORITHM = "RS256";

    private static final String USE = "use";
    private static final String ACCESS = "access";
    private static final String TENANT = "tenant";
    private static final String SESSION = "sid";

    private final String issuer;
    private final int lifeSeconds;
    private final Clock clock;
    private final List<String> kids;
    private final WorkerExecutor workers;
    private final ThreadLocal<JWTAuth> auth;
    private final JWTOptions options;

    /**
     * @param issuer the {@code iss} of our tokens
     * @param lifeSeconds of a token
     */
    public AccessTokens(Vertx vertx, SigningKeys keys, String issuer, int lifeSeconds, Clock clock) {
        this.issuer = issuer;
        this.lifeSeconds = lifeSeconds;
        this.clock = clock;
        this.kids = keys.kids();
        this.workers = vertx.createSharedWorkerExecutor(
                "parley-token", Runtime.getRuntime().availableProcessors());
        this.options = new JWTOptions()
                .setAlgorithm(ALGORITHM)
                .setIssuer(issuer)
                .setAudience(List.of(AUDIENCE))
                // Life is checked here, against the clock that was given.
                .setIgnoreExpiration(true);
        JWTAuthOptions authOptions = authOptions(keys).setJWTOptions(options);
        this.auth = ThreadLocal.withInitial(() -> JWTAuth.create(vertx, authOptions));
    }

    private static JWTAuthOptions authOptions(SigningKeys keys) {
        JWTAuthOptions options = new JWTAuthOptions();
        for (String kid : keys.kids()) {
            options.addPubSecKey(pem(kid, Pem.text(Pem.publicOf(keys.key(kid)))));
        }
        return options.addPubSecKey(pem(keys.signingKid(), Pem.text(keys.key(keys.signingKid()))));
    }

    private static PubSecKeyOptions pem(String kid, String text) {
        return new PubSecKeyOptions().setAlgorithm(ALGORITHM).setId(kid).setBuffer(text);
    }

    public String issuer() {
        return issuer;
    }

    /** Life of a token, in seconds. */
    public int lifeSeconds() {
        return lifeSeconds;
    }

    /** A new token for a person; {@code session} is the log-in that it belongs to, if there is one. */
    public Future<String> issue(UUID tenant, UUID user, @Nullable UUID session) {
        return workers.executeBlocking(() -> sign(tenant, user, session), false).map(Objects::requireNonNull);
    }

    private String sign(UUID tenant, UUID user, @Nullable UUID session) {
        long now = clock.instant().getEpochSecond();
        JsonObject claims = new JsonObject()
                .put("sub", user.toString())
                .put(TENANT, tenant.toString())
                .put(USE, ACCESS)
                .put("iat", now)
                .put("exp", now + lifeSeconds);
        if (session != null) {
            claims.put(SESSION, session.toString());
        }
        return auth.get().generateToken(claims, options);
    }

    /**
     * Verifies a token of ours.
     *
     * @throws AppError {@code unauthenticated}
     */
    AccessClaims verify(String token, TokenParts parts) {
        if (!parts.algorithm().equals(ALGORITHM) || !kids.contains(parts.kid()) || !signed(token)) {
            throw TokenParts.unauthenticated();
        }
        AccessClaims claims = claims(parts.payload());
        if (!clock.instant().isBefore(claims.expiresAt())) {
            throw AppError.of(ErrorCode.UNAUTHENTICATED, "The access token has expired");
        }
        return claims;
    }

    /** Signature, issuer and audience. */
    private boolean signed(String token) {
        try {
            return auth.get().authenticate(new TokenCredentials(token)).succeeded();
        } catch (RuntimeException malformed) {
            return false;
        }
    }

    private static AccessClaims claims(JsonNode payload) {
        if (!payload.path(USE).asText().equals(ACCESS) || !payload.path("exp").isIntegralNumber()) {
            throw TokenParts.unauthenticated();
        }
        try {
            return new AccessClaims(
                    Ids.parse(TENANT, payload.path(TENANT).asText()),
                    Ids.parse("sub", payload.path("sub").asText()),
                    payload.has(SESSION)
                            ? Ids.parse(SESSION, payload.path(SESSION).asText())
                            : null,
                    TokenParts.issuedAt(payload),
                    Instant.ofEpochSecond(payload.path("exp").longValue()));
        } catch (AppError notOfOurs) {
            throw TokenParts.unauthenticated();
        }
    }
}

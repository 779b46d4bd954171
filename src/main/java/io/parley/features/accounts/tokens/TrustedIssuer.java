package io.parley.features.accounts.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose tokens are access tokens here. RS256 or ES256 by the kind of its key, never by the token's wish;
 * signature, issuer, audience and life are checked. Verifying happens on a worker, because ES256 takes half a
 * millisecond.
 */
final class TrustedIssuer {
    private static final Set<String> ALGORITHMS = Set.of("RS256", "ES256");
    private static final int MAX_SUBJECT_CHARS = 255;

    /** How far the issuer's clock may be off. */
    private static final int LEEWAY_SECONDS = 5;

    private final Vertx vertx;
    private final Config.Issuer config;
    private final Clock clock;
    private final IssuerKeys keys;

    TrustedIssuer(Vertx vertx, Config.Issuer config, Clock clock) {
        this.vertx = vertx;
        this.config = config;
        this.clock = clock;
        JWTOptions checks = new JWTOptions()
                .setIssuer(config.issuer())
                .setAudience(List.of(config.audience()))
                .setIgnoreExpiration(true);
        this.keys = config.jwksUrl().isEmpty()
                ? fileKey(vertx, config.publicKeyFile(), checks)
                : new RemoteKeys(vertx, config.jwksUrl(), checks, clock);
    }

    private static IssuerKeys fileKey(Vertx vertx, String file, JWTOptions checks) {
        PublicKey key = Pem.publicKey(OwnerFiles.read(Path.of(file)), file);
        String algorithm = key instanceof RSAPublicKey ? "RS256" : "ES256";
        JWTAuth auth = JWTAuth.create(
                vertx,
                new JWTAuthOptions()
                        .setJWTOptions(checks)
                        .addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(Pem.text(key))));
        return kid -> Future.succeededFuture(auth);
    }

    /** Fails with {@code unauthenticated} or {@code unavailable}. */
    Future<ForeignPerson> verify(String token, TokenParts parts) {
        if (!ALGORITHMS.contains(parts.algorithm())) {
            return Future.failedFuture(TokenParts.unauthenticated());
        }
        return keys.withKid(parts.kid())
                .compose(auth -> vertx.executeBlocking(() -> signed(auth, token), false))
                .map(Objects::requireNonNull)
                .compose(signed -> signed
                        ? person(parts.payload())
                        : Future.<ForeignPerson>failedFuture(TokenParts.unauthenticated()));
    }

    /** Signature, issuer and audience. */
    private static boolean signed(JWTAuth auth, String token) {
        try {
            return auth.authenticate(new TokenCredentials(token)).succeeded();
        } catch (RuntimeException malformed) {
            return false;
        }
    }

    private Future<ForeignPerson> person(JsonNode payload) {
        JsonNode expiry = payload.path("exp");
        JsonNode notBefore = payload.path("nbf");
        String subject = payload.path("sub").asText();
        if (!expiry.isIntegralNumber() || subject.isBlank() || subject.length() > MAX_SUBJECT_CHARS) {
            return Future.failedFuture(TokenParts.unauthenticated());
        }
        Instant now = clock.instant();
        Instant expiresAt = Instant.ofEpochSecond(Math.min(expiry.longValue(), Integer.MAX_VALUE * 2L));
        if (!now.isBefore(expiresAt.plusSeconds(LEEWAY_SECONDS))) {
            return Future.failedFuture(AppError.of(ErrorCode.UNAUTHENTICATED, "The access token has expired"));
        }
        if (notBefore.isNumber() && notBefore.asLong() > now.getEpochSecond() + LEEWAY_SECONDS) {
            return Future.failedFuture(TokenParts.unauthenticated());
        }
        return Future.succeededFuture(new ForeignPerson(
                config.issuer(),
                config.tenant(),
                subject,
                text(payload, "preferred_username"),
                text(payload, "name"),
                text(payload, "email"),
                TokenParts.issuedAt(payload),
                expiresAt));
    }

    private static @Nullable String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() ? value.textValue() : null;
    }
}

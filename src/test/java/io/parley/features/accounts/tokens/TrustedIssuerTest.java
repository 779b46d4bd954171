package io.parley.features.accounts.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedIssuerTest {
    private static final KeyPair RSA = Forge.rsa(2048);
    private static final KeyPair EC = Forge.p256();
    private static final String ISSUER = "https://shop.example.org";

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final MovingClock clock = new MovingClock();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile int status = 200;
    private volatile JsonArray published = new JsonArray();
    private HttpServer server = vertx.createHttpServer();

    @BeforeEach
    void publishKeys() {
        server.requestHandler(request -> {
            fetches.incrementAndGet();
            request.response()
                    .setStatusCode(status)
                    .end(new JsonObject().put("keys", published).encode());
        });
        server = join(server.listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() {
        join(vertx.close());
    }

    @Test
    void tokensUnderAKeyFileArePersonsOfTheIssuer() {
        TokenVerifier verifier = withFile(RSA.getPublic());

        Bearer bearer = verify(verifier, Forge.token(header("RS256"), payload(), RSA.getPrivate()));

        assertThat(bearer)
                .isEqualTo(new ForeignPerson(
                        ISSUER,
                        "acme",
                        "customer 7",
                        "Ada",
                        "Ada Lovelace",
                        "ada@example.org",
                        null,
                        clock.instant().plusSeconds(60)));
    }

    @Test
    void aKeyFileFixesTheAlgorithm() {
        TokenVerifier rsa = withFile(RSA.getPublic());
        TokenVerifier ec = withFile(EC.getPublic());

        assertThat(verify(ec, Forge.token(header("ES256"), payload(), EC.getPrivate())))
                .isNotNull();
        assertRefused(rsa, Forge.token(header("ES256"), payload(), EC.getPrivate()));
        assertRefused(ec, Forge.token(header("RS256"), payload(), RSA.getPrivate()));
        Key mac = Forge.macKey(Pem.text(RSA.getPublic()));
        assertRefused(rsa, Forge.token(header("HS256"), payload(), mac));
        assertRefused(
                rsa, Forge.token(header("RS256"), payload(), Forge.rsa(2048).getPrivate()));
    }

    @Test
    void audienceLifeAndSubjectAreChecked() {
        TokenVerifier verifier = withFile(RSA.getPublic());
        long now = clock.instant().getEpochSecond();

        for (JsonObject claims : List.of(
                payload().put("aud", "others"),
                payload().put("exp", now - 5),
                payload().put("exp", "x"),
                payload().put("nbf", now + 6),
                payload().put("sub", " "),
                payload().put("sub", "x".repeat(256)),
                payload().put("iss", "https://other.example.org"))) {
            assertRefused(verifier, Forge.token(header("RS256"), claims, RSA.getPrivate()));
        }
        JsonObject slightlyOff = payload().put("exp", now - 4).put("nbf", now + 5);
        assertThat(verify(verifier, Forge.token(header("RS256"), slightlyOff, RSA.getPrivate())))
                .isNotNull();
    }

    @Test
    void publishedKeysAreFetchedOnceAndAgainForAnUnknownKeyAtMostEveryHalfMinute() {
        published = new JsonArray().add(jwk("one", RSA)).add(jwk("two", EC));
        TokenVerifier verifier = withKeySet();

        assertThat(verify(verifier, published("one", "RS256", RSA))).isNotNull();
        assertThat(verify(verifier, published("two", "ES256", EC))).isNotNull();
        assertThat(fetches).hasValue(1);

        KeyPair next = Forge.rsa(2048);
        published = new JsonArray().add(jwk("three", next));
        assertRefused(verifier, published("three", "RS256", next));
        assertThat(fetches).hasValue(1);

        clock.advance(Duration.ofSeconds(31));
        assertThat(verify(verifier, published("three", "RS256", next))).isNotNull();
        assertRefused(verifier, published("one", "RS256", RSA));
        for (int i = 0; i < 20; i++) {
            assertRefused(verifier, published("unknown " + i, "RS256", RSA));
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    void aKeyTakenBackIsNotBelievedForLong() {
        published = new JsonArray().add(jwk("one", RSA));
        TokenVerifier verifier = withKeySet();
        assertThat(verify(verifier, published("one", "RS256", RSA))).isNotNull();

        published = new JsonArray();
        clock.advance(Duration.ofMinutes(11));
        // Begins to fetch them anew; whether this one is still believed depends on which is faster.
        var either = verifier.verify(published("one", "RS256", RSA));
        await().until(either::isComplete);

        await().untilAsserted(() -> assertRefused(verifier, published("one", "RS256", RSA)));
    }

    @Test
    void knownKeysHoldWhileTheAddressDoesNotAnswer() {
        published = new JsonArray().add(jwk("one", RSA));
        TokenVerifier verifier = withKeySet();
        assertThat(verify(verifier, published("one", "RS256", RSA))).isNotNull();

        status = 503;
        clock.advance(Duration.ofMinutes(11));

        assertThat(verify(verifier, published("one", "RS256", RSA))).isNotNull();
        await().untilAsserted(() -> assertThat(fetches).hasValue(2));
        assertThat(verify(verifier, published("one", "RS256", RSA))).isNotNull();
    }

    @Test
    void withoutAnyKeysTheAnswerIsUnavailable() {
        status = 500;
        TokenVerifier verifier = withKeySet();

        assertFails(verifier, published("one", "RS256", RSA), ErrorCode.UNAVAILABLE);
    }

    @Test
    void publishedKeysOfOtherKindsAreNoKeys() {
        byte[] secret = "a secret that everybody knows now".getBytes(StandardCharsets.US_ASCII);
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        published = new JsonArray()
                .add(new JsonObject()
                        .put("kty", "oct")
                        .put("kid", "mac")
                        .put("alg", "HS256")
                        .put("k", encoded))
                .add(jwk("weak", Forge.rsa(1024)))
                .add(jwk("encryption", RSA).put("use", "enc"))
                .add(jwk("other", RSA).put("alg", "RS512"));
        TokenVerifier verifier = withKeySet();

        assertRefused(
                verifier,
                Forge.token(
                        header("HS256").put("kid", "mac"),
                        payload(),
                        Forge.macKey("a secret that everybody knows now")));
        assertRefused(verifier, published("encryption", "RS256", RSA));
        assertRefused(verifier, published("other", "RS256", RSA));
        String unsigned = Forge.base64(header("none").put("kid", "mac").encode()) + "."
                + Forge.base64(payload().encode());
        assertRefused(verifier, unsigned);
        assertRefused(verifier, unsigned + ".c2ln");
    }

    @Test
    void twoIssuersOfOneNameStopTheStart() {
        Config.Issuer likeUs = new Config.Issuer("parley", "parley", "", "https://x.example", "default");

        assertThatThrownBy(() -> verifier(likeUs))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("auth.issuers");
    }

    private TokenVerifier withFile(Key key) {
        try {
            Path file = Files.createTempFile(directory, "issuer", ".pem");
            Files.writeString(file, Pem.text(key));
            return verifier(new Config.Issuer(ISSUER, "parley", file.toString(), "", "acme"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private TokenVerifier withKeySet() {
        String url = "http://127.0.0.1:" + server.actualPort() + "/keys";
        return verifier(new Config.Issuer(ISSUER, "parley", "", url, ""));
    }

    private TokenVerifier verifier(Config.Issuer config) {
        AccessTokens ours =
                new AccessTokens(vertx, SigningKeys.loadOrMake(directory.resolve("keys"), ""), "parley", 900, clock);
        return new TokenVerifier(vertx, ours, List.of(config), clock);
    }

    private String published(String kid, String algorithm, KeyPair key) {
        return Forge.token(header(algorithm).put("kid", kid), payload(), key.getPrivate());
    }

    private static JsonObject jwk(String kid, KeyPair pair) {
        JsonObject jwk = new JsonObject().put("kid", kid);
        if (pair.getPublic() instanceof RSAPublicKey rsa) {
            return jwk.put("kty", "RSA")
                    .put("n", number(rsa.getModulus(), 0))
                    .put("e", number(rsa.getPublicExponent(), 0));
        }
        ECPublicKey ec = (ECPublicKey) pair.getPublic();
        return jwk.put("kty", "EC")
                .put("crv", "P-256")
                .put("x", number(ec.getW().getAffineX(), 32))
                .put("y", number(ec.getW().getAffineY(), 32));
    }

    private static String number(BigInteger number, int length) {
        byte[] signed = number.toByteArray();
        int skip = signed[0] == 0 ? 1 : 0;
        int size = Math.max(length, signed.length - skip);
        byte[] bytes = new byte[size];
        System.arraycopy(signed, skip, bytes, size - (signed.length - skip), signed.length - skip);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static JsonObject header(String algorithm) {
        return new JsonObject().put("alg", algorithm).put("typ", "JWT");
    }

    private JsonObject payload() {
        return new JsonObject()
                .put("iss", ISSUER)
                .put("aud", new JsonArray().add("shop").add("parley"))
                .put("sub", "customer 7")
                .put("preferred_username", "Ada")
                .put("name", "Ada Lovelace")
                .put("email", "ada@example.org")
                .put("exp", clock.instant().getEpochSecond() + 60);
    }

    private static Bearer verify(TokenVerifier verifier, String token) {
        return join(verifier.verify(token));
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private static void assertRefused(TokenVerifier verifier, String token) {
        assertFails(verifier, token, ErrorCode.UNAUTHENTICATED);
    }

    private static void assertFails(TokenVerifier verifier, String token, ErrorCode code) {
        assertThatThrownBy(() -> verify(verifier, token))
                .cause()
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(code));
    }
}

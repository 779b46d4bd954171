package io.parley.features.accounts.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTokensTest {
    private static final KeyPair OLD = Forge.rsa(2048);
    private static final KeyPair NEW = Forge.rsa(2048);
    private static final KeyPair STRANGER = Forge.rsa(2048);
    private static final int LIFE_SECONDS = 900;

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final MovingClock clock = new MovingClock();
    private final UUID tenant = Ids.next();
    private final UUID user = Ids.next();
    private final UUID session = Ids.next();

    @BeforeEach
    void oneKey() throws IOException {
        Files.writeString(directory.resolve("a.pem"), Pem.text(OLD.getPrivate()));
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatWasIssuedIsVerified() throws Exception {
        AccessTokens tokens = tokens();

        Bearer bearer = verify(tokens, issue(tokens));

        assertThat(bearer)
                .isEqualTo(new AccessClaims(
                        tenant, user, session, clock.instant(), clock.instant().plusSeconds(LIFE_SECONDS)));
    }

    @Test
    void aTokenEndsWithItsLife() throws Exception {
        AccessTokens tokens = tokens();
        String token = issue(tokens);

        clock.advance(Duration.ofSeconds(LIFE_SECONDS - 1));
        assertThat(verify(tokens, token)).isNotNull();
        clock.advance(Duration.ofSeconds(1));

        assertRefused(tokens, token);
    }

    @Test
    void aKeyIsRotatedWithoutLoggingAnybodyOut() throws Exception {
        String before = issue(tokens());

        Files.writeString(directory.resolve("b.pem"), Pem.text(NEW.getPrivate()));
        AccessTokens both = tokens();
        String after = issue(both);

        assertThat(kid(after)).isEqualTo("b");
        assertThat(verify(both, before)).isNotNull();
        assertThat(verify(both, after)).isNotNull();

        Files.delete(directory.resolve("a.pem"));
        AccessTokens newOnly = tokens();
        assertThat(verify(newOnly, after)).isNotNull();
        assertRefused(newOnly, before);
    }

    @Test
    void aNewKeyCanBeKnownBeforeItSigns() throws Exception {
        Files.writeString(directory.resolve("b.pem"), Pem.text(NEW.getPrivate()));

        AccessTokens tokens = tokens(SigningKeys.load(directory, "a"));

        assertThat(kid(issue(tokens))).isEqualTo("a");
    }

    @Test
    void theSameClaimsUnderTheRightKeyAreAccepted() {
        assertThat(verify(tokens(), Forge.token(header(), payload(), OLD.getPrivate())))
                .isNotNull();
    }

    @Test
    void otherAlgorithmsAreRefusedWhateverTheKey() {
        String publicPem = Pem.text(OLD.getPublic());

        assertRefused(tokens(), Forge.token(header().put("alg", "HS256"), payload(), Forge.macKey(publicPem)));
        assertRefused(tokens(), Forge.token(header().put("alg", "HS256"), payload(), Forge.macKey(publicPem.strip())));
        assertRefused(tokens(), Forge.token(header().put("alg", "RS512"), payload(), OLD.getPrivate()));
        assertRefused(tokens(), Forge.token(header().put("alg", "none"), payload(), OLD.getPrivate()));
        assertRefused(
                tokens(),
                Forge.token(header().put("alg", "none"), payload(), OLD.getPrivate())
                        .replaceAll("[^.]*$", ""));
        String unsigned = Forge.base64(header().put("alg", "none").encode()) + "."
                + Forge.base64(payload().encode());
        assertRefused(tokens(), unsigned);
        assertRefused(tokens(), unsigned + ".");
    }

    @Test
    void foreignKeysAreRefusedWhateverTheyCallThemselves() {
        PrivateKey foreign = STRANGER.getPrivate();

        assertRefused(tokens(), Forge.token(header(), payload(), foreign));
        assertRefused(tokens(), Forge.token(header().put("kid", "b"), payload(), foreign));
        assertRefused(tokens(), Forge.token(without(header(), "kid"), payload(), foreign));
        assertRefused(tokens(), Forge.token(without(header(), "kid"), payload(), OLD.getPrivate()));
        assertRefused(tokens(), Forge.token(header().put("kid", 1), payload(), foreign));
        assertRefused(tokens(), Forge.token(header().put("kid", "../a"), payload(), foreign));
    }

    @Test
    void keysBroughtAlongAreRefused() {
        for (String name : List.of("jwk", "jku", "x5u", "x5c", "crit")) {
            JsonObject header = header().put(name, new JsonArray().add("https://example.org"));
            assertRefused(tokens(), Forge.token(header, payload(), STRANGER.getPrivate()));
            assertRefused(tokens(), Forge.token(header, payload(), OLD.getPrivate()));
        }
    }

    @Test
    void tokensForOtherPurposesAreRefused() {
        for (Consumer<JsonObject> change : List.<Consumer<JsonObject>>of(
                claims -> claims.put("aud", "somebody else"),
                claims -> claims.remove("aud"),
                claims -> claims.put("iss", "somebody else"),
                claims -> claims.put("use", "refresh"),
                claims -> claims.remove("use"),
                claims -> claims.remove("exp"),
                claims -> claims.put("exp", "4000000000"),
                claims -> claims.put("exp", clock.instant().getEpochSecond()),
                claims -> claims.remove("sub"),
                claims -> claims.put("sub", "1-1-1-1-1"),
                claims -> claims.remove("tenant"),
                claims -> claims.put("sid", 7))) {
            JsonObject claims = payload();
            change.accept(claims);
            assertRefused(tokens(), Forge.token(header(), claims, OLD.getPrivate()));
        }
    }

    @Test
    void aChangedTokenIsRefused() throws Exception {
        AccessTokens tokens = tokens();
        String[] parts = issue(tokens).split("\\.", -1);
        String otherUser =
                Forge.base64(payload().put("sub", Ids.next().toString()).encode());

        assertRefused(tokens, parts[0] + "." + otherUser + "." + parts[2]);
        assertRefused(tokens, parts[0] + "." + parts[1] + "." + parts[2].substring(4));
        assertRefused(tokens, parts[0] + "." + parts[1] + "." + parts[2] + ".");
        assertRefused(tokens, parts[0] + "." + parts[1]);
    }

    @Test
    void whatIsNoTokenAtAllIsRefused() {
        for (String text : List.of(
                "",
                ".",
                "..",
                "...",
                "a.b.c",
                "e30.e30.e30",
                "bnVsbA.bnVsbA.bnVsbA",
                "[]",
                "a".repeat(10_000),
                "3Jx0bq7mJ0m2fQ9sYcVxwR1tN8uLpKzE5aHdGiBoT4M",
                "\u0000.\u0000.\u0000",
                "é.é.é")) {
            assertRefused(tokens(), text);
        }
        String twice = Forge.base64("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"a\"}");
        assertRefused(tokens(), twice + "." + Forge.base64(payload().encode()) + ".c2ln");
    }

    private AccessTokens tokens() {
        return tokens(SigningKeys.load(directory, ""));
    }

    private AccessTokens tokens(SigningKeys keys) {
        return new AccessTokens(vertx, keys, "parley", LIFE_SECONDS, clock);
    }

    private String issue(AccessTokens tokens) throws Exception {
        return tokens.issue(tenant, user, session)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private Bearer verify(AccessTokens tokens, String token) {
        return new TokenVerifier(vertx, tokens, List.of(), clock)
                .verify(token)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private void assertRefused(AccessTokens tokens, String token) {
        assertThatThrownBy(() -> verify(tokens, token))
                .as(token)
                .cause()
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    private static JsonObject header() {
        return new JsonObject().put("alg", "RS256").put("kid", "a").put("typ", "JWT");
    }

    private JsonObject payload() {
        return new JsonObject()
                .put("iss", "parley")
                .put("aud", "parley")
                .put("use", "access")
                .put("sub", user.toString())
                .put("tenant", tenant.toString())
                .put("exp", clock.instant().getEpochSecond() + LIFE_SECONDS);
    }

    private static JsonObject without(JsonObject object, String name) {
        object.remove(name);
        return object;
    }

    private static String kid(String token) {
        return TokenParts.parse(token).kid();
    }
}

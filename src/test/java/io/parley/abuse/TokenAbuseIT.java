package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.client.SignedIn;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens that are forged, altered, borrowed or no longer good. */
@ExtendWith(RunningNode.class)
class TokenAbuseIT {
    private static final int UNAUTHENTICATED = 4401;
    private static final String PASSWORD = "correct horse battery";

    private final Intruder intruder;
    private final Rest rest;
    private final RunningNode.Site site;

    TokenAbuseIT(RunningNode.Site site) {
        this.site = site;
        this.intruder = new Intruder(site);
        this.rest = site.clients().rest();
    }

    @AfterEach
    void theNodeIsWell() {
        intruder.requireHealth();
        intruder.close();
    }

    @Test
    void forgedTokensAreRefusedOnTheSocketAndOverRest() {
        for (Map.Entry<String, String> forged : forgeries().entrySet()) {
            RawSocket socket = intruder.stranger();
            await(socket.sendText(Intruder.hello(forged.getValue())));

            assertThat(Intruder.closeCode(socket)).as(forged.getKey()).isEqualTo(UNAUTHENTICATED);
            JsonNode error = socket.find("id", "hello").orElseThrow().path("error");
            assertThat(error.path("code").asText()).as(forged.getKey()).isEqualTo("unauthenticated");
            Rest.Reply reply = await(rest.call(HttpMethod.GET, "/users/me", forged.getValue(), null));
            assertThat(reply.status()).as(forged.getKey()).isEqualTo(401);
            assertThat(reply.code()).as(forged.getKey()).isEqualTo("unauthenticated");
        }
    }

    private Map<String, String> forgeries() {
        String good = await(intruder.person().tokens().current());
        String victims = await(intruder.victim().tokens().current());
        List<String> parts = List.of(good.split("\\.", -1));
        String payload = parts.get(1);
        String signature = parts.get(2);
        Map<String, String> forged = new LinkedHashMap<>();
        forged.put("rubbish", "rubbish");
        forged.put("dots", "..");
        forged.put("no signature", parts.get(0) + "." + payload + ".");
        forged.put("alg none", encode("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + payload + ".");
        forged.put("alg None", encode("{\"alg\":\"None\"}") + "." + payload + "." + signature);
        forged.put("alg HS256", hmac(encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + payload, "secret"));
        forged.put(
                "kid of a file",
                encode("{\"alg\":\"RS256\",\"kid\":\"../../../../dev/null\"}") + "." + payload + "." + signature);
        forged.put(
                "kid of SQL",
                encode("{\"alg\":\"RS256\",\"kid\":\"x' UNION SELECT 'y\"}") + "." + payload + "." + signature);
        forged.put(
                "key of his own",
                encode("{\"alg\":\"RS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"},\"jku\":\"http://127.0.0.1:1/\"}")
                        + "." + payload + "." + signature);
        forged.put("another's claims", parts.get(0) + "." + victims.split("\\.", -1)[1] + "." + signature);
        forged.put("cut signature", good.substring(0, good.length() - 6));
        forged.put(
                "altered claims",
                parts.get(0) + "." + encode(decode(payload).replace("\"iss\"", "\"sub2\"")) + "." + signature);
        forged.put("four parts", good + ".x");
        forged.put("8 KB", "x".repeat(8_000));
        return forged;
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    private static String hmac(String signed, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    @Test
    void aRefreshTokenOrAnOperatorKeyIsNoAccessTokenAndTheOtherWayRound() {
        SignedIn account = await(SignedIn.register(rest, "t" + System.nanoTime(), PASSWORD));
        List<String> wrong =
                new ArrayList<>(List.of(account.refreshToken(), site.node().operatorKey()));

        for (String token : wrong) {
            RawSocket socket = intruder.stranger();
            await(socket.sendText(Intruder.hello(token)));
            assertThat(Intruder.closeCode(socket)).isEqualTo(UNAUTHENTICATED);
        }
        Rest.Reply reply = await(rest.call(HttpMethod.POST, "/admin/tokens", account.accessToken(), null));
        assertThat(reply.status()).isIn(401, 403);
    }

    @Test
    void aRefreshTokenWorksOnceAndItsTheftEndsTheSession() {
        SignedIn account = await(SignedIn.register(rest, "t" + System.nanoTime(), PASSWORD));
        SignedIn thief = await(SignedIn.login(rest, account.username(), PASSWORD));
        String first = thief.refreshToken();
        await(thief.renew());

        String again = "{\"refreshToken\":\"" + first + "\"}";
        Rest.Reply replayed = await(rest.callRaw(HttpMethod.POST, "/auth/refresh", null, Buffer.buffer(again)));
        Rest.Reply successor = await(rest.callRaw(
                HttpMethod.POST,
                "/auth/refresh",
                null,
                Buffer.buffer("{\"refreshToken\":\"" + thief.refreshToken() + "\"}")));

        assertThat(replayed.status()).isEqualTo(401);
        assertThat(successor.status()).isEqualTo(401);
        assertThat(await(new PersonApi(rest, account).me()).path("id").asText())
                .isEqualTo(account.user().toString());
    }

    @Test
    void commandsBeforeHelloDoNothing() {
        RawSocket socket = intruder.stranger();

        await(socket.sendText("{\"type\":\"ping\",\"id\":\"1\"}"));

        Intruder.patiently()
                .until(() -> socket.isClosed() || socket.find("id", "1").isPresent());
        socket.find("id", "1")
                .ifPresent(reply ->
                        assertThat(reply.path("error").path("code").asText()).isEqualTo("unauthenticated"));
    }

    @Test
    void aTokenIsRenewedOnlyByOneOfTheSamePerson() {
        RawSocket socket = intruder.signedIn();
        String victims = await(intruder.victim().tokens().current());
        String own = await(intruder.person().tokens().renew());

        await(socket.sendText("{\"type\":\"renew\",\"id\":\"own\",\"token\":\"" + own + "\"}"));
        assertThat(Intruder.reply(socket, "own").path("type").asText()).isEqualTo("ok");
        await(socket.sendText("{\"type\":\"renew\",\"id\":\"other\",\"token\":\"" + victims + "\"}"));

        assertThat(Intruder.reply(socket, "other").path("type").asText()).isEqualTo("error");
    }

    @Test
    void whoIsSuspendedIsThrownOutAndStaysOut() {
        Person bad = intruder.cast().person("bad");
        RawSocket socket = intruder.stranger();
        String token = await(bad.tokens().current());
        await(socket.sendText(Intruder.hello(token)));
        Intruder.patiently().until(() -> socket.find("type", "ready").isPresent());

        await(site.operator().setStatus(bad.id(), "suspended"));

        assertThat(Intruder.closeCode(socket)).isEqualTo(UNAUTHENTICATED);
        Intruder.patiently()
                .until(() -> await(rest.call(HttpMethod.GET, "/users/me", token, null))
                                .status()
                        == 401);
        RawSocket again = intruder.stranger();
        await(again.sendText(Intruder.hello(token)));
        assertThat(Intruder.closeCode(again)).isEqualTo(UNAUTHENTICATED);
    }
}

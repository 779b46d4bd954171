package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.client.Route;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reaching for what is another's, and slipping code into texts. */
@ExtendWith(RunningNode.class)
class TrespassIT {
    private final Intruder intruder;
    private final PersonApi api;

    TrespassIT(RunningNode.Site site) {
        this.intruder = new Intruder(site);
        this.api = intruder.cast().api(intruder.person());
    }

    @AfterEach
    void theNodeIsWell() {
        intruder.requireHealth();
        intruder.close();
    }

    @Test
    void anotherPeoplesConversationLooksLikeNoneAtAll() {
        UUID theirs = intruder.victimsGroup();
        UUID none = UUID.randomUUID();
        UUID victim = intruder.victim().id();

        for (String call : List.of(
                "GET /conversations/$",
                "PATCH /conversations/$ {\"name\":\"mine now\"}",
                "GET /conversations/$/members",
                "POST /conversations/$/members {\"users\":[\""
                        + intruder.person().id() + "\"]}",
                "DELETE /conversations/$/members/" + victim,
                "DELETE /conversations/$/members/" + intruder.person().id(),
                "PATCH /conversations/$/members/" + victim + " {\"role\":\"member\"}",
                "POST /conversations/$/messages {\"type\":\"text\",\"text\":\"hi\"}",
                "GET /conversations/$/messages",
                "GET /conversations/$/messages?around=1",
                "GET /conversations/$/messages/" + UUID.randomUUID(),
                "GET /conversations/$/changes?after=0",
                "PUT /conversations/$/read {\"number\":1}",
                "PUT /conversations/$/delivered {\"number\":1}",
                "GET /conversations/$/receipts")) {
            Rest.Reply forbidden = ask(call.replace("$", theirs.toString()));
            Rest.Reply missing = ask(call.replace("$", none.toString()));

            assertThat(forbidden.status()).as(call).isEqualTo(404);
            assertThat(forbidden.code()).as(call).isEqualTo("not_found");
            assertThat(forbidden.text().replace(theirs.toString(), "$"))
                    .as(call)
                    .isEqualTo(missing.text().replace(none.toString(), "$"));
        }
    }

    private Rest.Reply ask(String call) {
        List<String> words = List.of(call.split(" ", 3));
        JsonNode body = words.size() < 3
                ? null
                : io.parley.support.Json.parse(words.get(2).getBytes(StandardCharsets.UTF_8));
        return await(api.call(HttpMethod.valueOf(words.get(0)), words.get(1), body));
    }

    @Test
    void messageIdsOfOtherConversationsFindNothing() {
        UUID message = UUID.randomUUID();
        await(intruder.cast().api(intruder.victim()).send(intruder.victimsGroup(), message, "secret"));

        Rest.Reply reply = ask("GET /conversations/" + intruder.ownGroup() + "/messages/" + message);

        assertThat(reply.status()).isEqualTo(404);
    }

    @Test
    void peopleWhoDoNotExistCannotBeAdded() {
        String add =
                "POST /conversations/" + intruder.ownGroup() + "/members {\"users\":[\"" + UUID.randomUUID() + "\"]}";

        assertThat(ask(add).status()).isIn(404, 400);
        assertThat(ask("POST /conversations {\"type\":\"direct\",\"members\":[\"" + UUID.randomUUID() + "\"]}")
                        .status())
                .isIn(404, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "' OR '1'='1",
                "MToyODQ3Ng",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "../../etc/passwd",
                "\u0000",
                "💥",
            })
    void madeUpCursorsAreNoneOrRefusedButNeverAFault(String cursor) {
        String encoded = URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        for (String list : List.of("/users", "/conversations", "/conversations/" + intruder.ownGroup() + "/members")) {
            Rest.Reply reply = await(api.call(HttpMethod.GET, list + "?cursor=" + encoded, null));
            assertThat(reply.status()).as("%s: %s", list, reply.text()).isIn(200, 400);
        }

        RawSocket socket = intruder.stranger();
        var hello = JsonNodeFactory.instance
                .objectNode()
                .put("type", "hello")
                .put("id", "1")
                .put("token", await(intruder.person().tokens().current()))
                .put("cursor", cursor);
        await(socket.sendText(hello.toString()));

        JsonNode reply = Intruder.reply(socket, "1");
        if (reply.path("type").asText().equals("ready")) {
            assertThat(reply.path("changed").toString())
                    .contains(intruder.ownGroup().toString());
        } else {
            assertThat(reply.path("error").path("code").asText()).isEqualTo("validation_failed");
        }
    }

    @Test
    void aCursorOfSomebodyElseGivesNothingOfHis() {
        ParleyClient victim = intruder.cast().connected(intruder.victim(), "phone");
        String stolen = await(victim.ask(state -> String.valueOf(state.cursor())));
        await(intruder.cast().api(intruder.victim()).send(intruder.victimsGroup(), UUID.randomUUID(), "secret"));
        RawSocket socket = intruder.stranger();

        await(socket.sendText("{\"type\":\"hello\",\"id\":\"1\",\"token\":\""
                + await(intruder.person().tokens().current()) + "\",\"cursor\":\"" + stolen + "\"}"));

        assertThat(Intruder.reply(socket, "1").toString())
                .doesNotContain(intruder.victimsGroup().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE messages; --",
                "$1 %s {0} ${jndi:ldap://127.0.0.1/x} \\' \\\" \\\\",
                "<script>alert(1)</script><img src=x onerror=alert(1)>",
                "line\r\nSet-Cookie: x=y\r\n\r\nbody",
                "\u202Eright to left\u202C zero\u200Bwidth Z̷̢̛a̵l̶g̴o̷",
                "=HYPERLINK(\"http://x\")",
                "%00%0a%0d",
                "\\u0000 written out",
            })
    void everyTextComesBackAsItWasSent(String text) {
        UUID group = intruder.ownGroup();
        await(api.send(group, UUID.randomUUID(), text));
        var renamed = JsonNodeFactory.instance.objectNode().put("name", text);
        Rest.Reply rename = await(api.call(HttpMethod.PATCH, "/conversations/" + group, renamed));
        var named = JsonNodeFactory.instance.objectNode().put("displayName", text);
        Rest.Reply name = await(api.call(HttpMethod.PATCH, "/users/me", named));
        Rest.Reply search =
                await(api.call(HttpMethod.GET, "/users?q=" + URLEncoder.encode(text, StandardCharsets.UTF_8), null));

        List<JsonNode> history = await(api.history(group));
        assertThat(history.getFirst().path("text").asText()).isEqualTo(text);
        assertThat(rename.status()).as(rename.text()).isIn(200, 400);
        assertThat(name.status()).as(name.text()).isIn(200, 400);
        if (rename.status() == 200) {
            JsonNode conversation = await(api.conversation(group));
            assertThat(conversation.path("name").asText()).isEqualTo(text);
        }
        assertThat(search.status()).as(search.text()).isEqualTo(200);
        assertThat(search.contentType()).startsWith("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"x\"",
                "{\"type\":\"text\",\"text\":\"a\\u0000b\"}",
                "{\"type\":\"text\",\"text\":\"\\ud800\"}",
                "{\"type\":\"text\",\"text\":7}",
                "{\"type\":\"text\",\"text\":\"x\",\"text\":\"y\"}",
                "{\"type\":\"text\",\"text\":\"x\",\"sender\":\"y\"}",
                "{\"type\":\"text\",\"text\":\"x\"}{}",
                "{\"type\":\"text\",\"text\":1e999999}",
            })
    void badBodiesAreRefusedOverRest(String body) {
        String token = await(intruder.person().tokens().current());
        Rest.Reply reply = await(restRaw(token, body));

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.code()).as(reply.text()).isIn("malformed", "validation_failed");
        assertThat(reply.contentType()).startsWith("application/problem+json");
    }

    private io.vertx.core.Future<Rest.Reply> restRaw(String token, String body) {
        return new Rest(intruder.vertx(), Route.to(intruder.server()), Rest.PATIENT_MS)
                .callRaw(
                        HttpMethod.POST,
                        "/conversations/" + intruder.ownGroup() + "/messages",
                        token,
                        Buffer.buffer(body));
    }

    @Test
    void aDeepBodyIsRefused() {
        String token = await(intruder.person().tokens().current());

        assertThat(await(restRaw(token, "[".repeat(100_000))).status()).isEqualTo(400);
    }

    /** The answer may be cut off by the closing of a connection on which nobody reads the rest of the body. */
    @Test
    void aHugeBodyIsNotEvenRead() {
        String token = await(intruder.person().tokens().current());
        String body = "{\"text\":\"" + "x".repeat(2_000_000) + "\"}";

        int status = await(restRaw(token, body).map(Rest.Reply::status).otherwise(413));

        assertThat(status).isEqualTo(413);
    }
}

package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Contacts, blocks and discovery of a running node, over the real sockets of two people and REST. */
@ExtendWith(RunningNode.class)
class ContactsFlowIT {
    private final RunningNode.Site site;
    private final Cast cast;
    private final NetClient network;
    private final Person ada;
    private final Person bob;

    ContactsFlowIT(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
        this.network = RawSocket.netClient(site.vertx());
        List<Person> people = cast.people(List.of("ada", "bob"));
        this.ada = people.get(0);
        this.bob = people.get(1);
    }

    @AfterEach
    void hangUp() {
        network.close();
        cast.close();
    }

    private RawSocket signedIn(Person person) {
        RawSocket socket =
                await(RawSocket.open(site.vertx(), network, site.node().endpoints()));
        JsonNode ready =
                ask(socket, "hello", "'token':'" + await(person.tokens().current()) + "'");
        assertThat(ready.path("type").asText()).isEqualTo("ready");
        return socket;
    }

    /** Gives a command and waits for its reply; {@code fields} with ' for ". */
    private static JsonNode ask(RawSocket socket, String type, String fields) {
        String id = UUID.randomUUID().toString();
        String frame = "{'type':'" + type + "','id':'" + id + "'" + (fields.isEmpty() ? "" : "," + fields) + "}";
        await(socket.sendText(frame.replace('\'', '"')));
        soon().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    private static JsonNode ok(RawSocket socket, String type, String fields) {
        JsonNode reply = ask(socket, type, fields);
        assertThat(reply.path("type").asText()).as(reply.toString()).isEqualTo("ok");
        return reply.path("result");
    }

    private static String code(RawSocket socket, String type, String fields) {
        return ask(socket, type, fields).at("/error/code").asText();
    }

    private Rest.Reply call(Person caller, HttpMethod method, String path, @Nullable String body) {
        JsonNode tree = body == null ? null : Json.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return await(
                site.clients().rest().call(method, path, await(caller.tokens().current()), tree));
    }

    private JsonNode rest(Person caller, HttpMethod method, String path, @Nullable String body) {
        Rest.Reply reply = call(caller, method, path, body);
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.body();
    }

    private static org.awaitility.core.ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(15));
    }

    private static org.awaitility.core.ConditionFactory withinASecond() {
        return Awaitility.await().atMost(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(20));
    }

    /** The events of contacts, requests and blocks that have come. */
    private static List<String> events(RawSocket socket) {
        return socket.texts().stream()
                .map(text -> Json.parse(text.getBytes(StandardCharsets.UTF_8))
                        .path("type")
                        .asText())
                .filter(type -> type.startsWith("contact") || type.startsWith("block"))
                .toList();
    }

    private static void untilTold(RawSocket socket, String... events) {
        soon().untilAsserted(() -> assertThat(events(socket)).containsExactly(events));
    }

    private static List<String> presences(RawSocket socket, Person person) {
        return socket.frames("presence").stream()
                .flatMap(frame -> frame.path("users").valueStream())
                .filter(one -> one.path("user").asText().equals(person.id().toString()))
                .map(one -> one.path("status").asText())
                .toList();
    }

    private static String last(RawSocket socket, Person person) {
        List<String> all = presences(socket, person);
        return all.isEmpty() ? "nothing" : all.getLast();
    }

    private static String user(Person person) {
        return "'user':'" + person.id() + "'";
    }

    @Test
    void aRequestMadeOnOneSocketIsSeenAndAnsweredOnTheOther() {
        RawSocket hers = signedIn(ada);
        RawSocket his = signedIn(bob);

        JsonNode asked = ok(hers, "contact.request", "'body':{" + user(bob) + ",'message':'Hello'}");
        assertThat(asked.path("state").asText()).isEqualTo("requested");
        untilTold(his, "contactRequest.added");
        JsonNode seen = his.frames("contactRequest.added").getFirst();
        assertThat(seen.at("/request/user").asText()).isEqualTo(ada.id().toString());
        assertThat(seen.at("/request/message").asText()).isEqualTo("Hello");
        assertThat(ok(his, "contact.requests", "'direction':'incoming'").path("items"))
                .containsExactly(seen.path("request"));

        ok(his, "contact.accept", user(ada));
        untilTold(his, "contactRequest.added", "contactRequest.removed", "contact.added");
        untilTold(hers, "contactRequest.added", "contactRequest.removed", "contact.added");
        for (Person one : List.of(ada, bob)) {
            RawSocket socket = one.equals(ada) ? hers : his;
            assertThat(rest(one, HttpMethod.GET, "/contacts", null).path("items"))
                    .containsExactly(socket.frames("contact.added").getFirst().path("contact"));
        }

        rest(ada, HttpMethod.DELETE, "/contacts/" + bob.id(), null);
        soon().until(() -> his.frames("contact.removed").size() == 1);
        assertThat(ok(his, "contact.list", "").path("items")).isEmpty();
    }

    @Test
    void whoWasAwayIsToldWhichListsHaveChanged() {
        RawSocket his = signedIn(bob);
        String cursor = ask(his, "ping", "").path("cursor").asText();
        soon().until(() -> !ask(his, "ping", "").path("cursor").asText().isEmpty());
        await(his.cut());
        rest(ada, HttpMethod.POST, "/contacts/requests", "{" + user(bob) + "}");
        rest(bob, HttpMethod.PUT, "/blocks/" + cast.person("eve").id(), null);

        RawSocket back = await(RawSocket.open(site.vertx(), network, site.node().endpoints()));
        JsonNode ready =
                ask(back, "hello", "'token':'" + await(bob.tokens().current()) + "','cursor':'" + cursor + "'");

        assertThat(ready.path("lists").toString()).contains("contactRequests", "blocks");
        assertThat(rest(bob, HttpMethod.GET, "/contacts/requests?direction=incoming", null)
                        .path("items"))
                .hasSize(1);
    }

    @Test
    void aBlockHoldsOnEveryWayToThePersonAndIsTakenBackWhole() {
        UUID group = cast.group(ada, bob);
        UUID own = cast.group(bob);
        UUID direct =
                UUID.fromString(await(cast.api(ada).direct(bob.id())).path("id").asText());
        RawSocket hers = signedIn(ada);
        RawSocket his = signedIn(bob);
        ok(hers, "contact.request", "'body':{" + user(bob) + "}");
        ok(his, "contact.request", "'body':{" + user(ada) + "}");
        soon().until(() -> {
            ok(his, "presence.watch", "'users':['" + ada.id() + "']");
            return rest(bob, HttpMethod.GET, "/presence?users=" + ada.id(), null)
                    .at("/items/0/status")
                    .asText()
                    .equals("online");
        });
        int eventsBefore = events(his).size();

        rest(ada, HttpMethod.PUT, "/blocks/" + bob.id(), null);

        long begun = System.nanoTime();
        withinASecond().until(() -> last(his, ada).equals("offline"));
        System.out.printf("hidden on the socket after %d ms%n", (System.nanoTime() - begun) / 1_000_000);
        soon().until(() -> events(his).size() > eventsBefore);
        assertThat(events(his).subList(eventsBefore, events(his).size())).containsExactly("contact.removed");
        soon().until(() -> hers.frames("block.added").size() == 1);

        // Presence, by every way.
        assertThat(ok(his, "presence.watch", "'users':['" + ada.id() + "']")
                        .at("/users/0")
                        .toString())
                .contains("offline")
                .doesNotContain("lastSeen");
        assertThat(rest(bob, HttpMethod.GET, "/presence?users=" + ada.id(), null)
                        .at("/items/0")
                        .toString())
                .contains("offline")
                .doesNotContain("lastSeen");
        assertThat(rest(bob, HttpMethod.GET, "/conversations/" + group + "/presence", null)
                        .path("items")
                        .valueStream()
                        .filter(one -> one.path("user").asText().equals(ada.id().toString()))
                        .map(one -> one.path("status").asText()))
                .containsExactly("offline");
        ok(hers, "presence.set", "'status':'busy'");

        // Messages and typing.
        String message = "'conversation':'" + direct + "','message':{'id':'%s','type':'text','text':'hi'}";
        assertThat(code(his, "message.send", message.formatted(UUID.randomUUID())))
                .isEqualTo("forbidden");
        assertThat(call(bob, HttpMethod.POST, "/conversations/" + direct + "/messages", "{'type':'text','text':'hi'}")
                        .code())
                .isEqualTo("forbidden");
        for (RawSocket socket : List.of(his, hers)) {
            ok(socket, "typing", "'conversation':'" + direct + "','active':true");
        }
        rest(bob, HttpMethod.PUT, "/conversations/" + direct + "/typing", "{'active':true}");
        assertThat(rest(ada, HttpMethod.GET, "/conversations/" + direct + "/typing", null)
                        .path("users"))
                .isEmpty();

        // New ways to her.
        assertThat(call(bob, HttpMethod.POST, "/contacts/requests", "{" + user(ada) + "}")
                        .code())
                .isEqualTo("not_found");
        assertThat(call(bob, HttpMethod.POST, "/conversations/" + own + "/members", "{'users':['" + ada.id() + "']}")
                        .code())
                .isEqualTo("not_found");
        assertThat(call(
                                bob,
                                HttpMethod.POST,
                                "/conversations",
                                "{'type':'group','name':'G','members':['" + ada.id() + "']}")
                        .code())
                .isEqualTo("not_found");
        assertThat(call(bob, HttpMethod.POST, "/conversations", "{'type':'direct','members':['" + ada.id() + "']}")
                        .status())
                .isEqualTo(200);
        assertThat(call(ada, HttpMethod.POST, "/contacts/requests", "{" + user(bob) + "}")
                        .code())
                .isEqualTo("conflict");

        // What both are in goes on, and she may write.
        assertThat(call(bob, HttpMethod.POST, "/conversations/" + group + "/messages", "{'type':'text','text':'hi'}")
                        .status())
                .isEqualTo(201);
        ok(hers, "message.send", message.formatted(UUID.randomUUID()));
        soon().until(() -> his.frames("message.created").stream()
                .anyMatch(event -> event.path("conversation").asText().equals(direct.toString())));
        assertThat(his.frames("typing")).isEmpty();
        assertThat(hers.frames("typing")).isEmpty();
        assertThat(presences(his, ada)).doesNotContain("busy").endsWith("offline");
        assertThat(his.texts().toString()).doesNotContain("block");

        rest(ada, HttpMethod.DELETE, "/blocks/" + bob.id(), null);

        withinASecond().until(() -> last(his, ada).equals("busy"));
        ok(his, "message.send", message.formatted(UUID.randomUUID()));
        ok(his, "typing", "'conversation':'" + direct + "','active':true");
        soon().until(() -> !hers.frames("typing").isEmpty());
        assertThat(call(bob, HttpMethod.POST, "/contacts/requests", "{" + user(ada) + "}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void whoWasBlockedBeforeOpensNoDirectConversation() {
        rest(ada, HttpMethod.PUT, "/blocks/" + bob.id(), null);

        Rest.Reply refused =
                call(bob, HttpMethod.POST, "/conversations", "{'type':'direct','members':['" + ada.id() + "']}");
        Person suspended = cast.person("gone");
        await(site.operator().setStatus(suspended.id(), "suspended"));
        Rest.Reply inactive =
                call(bob, HttpMethod.POST, "/conversations", "{'type':'direct','members':['" + suspended.id() + "']}");

        assertThat(refused.code()).isEqualTo("not_found");
        assertThat(refused.text()).isEqualTo(inactive.text());
        assertThat(call(ada, HttpMethod.POST, "/conversations", "{'type':'direct','members':['" + bob.id() + "']}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aFriendIsFoundByHisNumber() throws Exception {
        String number = "+49301" + String.format("%06d", Math.floorMod(bob.id().hashCode(), 1_000_000));
        JsonNode profile =
                rest(bob, HttpMethod.PATCH, "/users/me", "{'phone':'" + number.replace("+49", "+49 (") + ") '}");
        assertThat(profile.path("phone").asText()).isEqualTo(number);
        JsonNode salt = rest(ada, HttpMethod.GET, "/contacts/discovery", null);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Base64.getUrlDecoder().decode(salt.path("salt").asText()));
        String hash = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(digest.digest(("phone:" + number).getBytes(StandardCharsets.UTF_8)));
        RawSocket hers = signedIn(ada);
        String question = "'body':{'salt':'" + salt.path("id").asText() + "','hashes':['" + hash + "']}";

        assertThat(ok(hers, "contact.discover", question).path("items").findValuesAsText("user"))
                .containsExactly(bob.id().toString());
        assertThat(ok(hers, "contact.discovery", "")).isEqualTo(salt);
        rest(bob, HttpMethod.PATCH, "/users/me", "{'discoverable':{'phone':false}}");
        assertThat(ok(hers, "contact.discover", question).path("items")).isEmpty();
        rest(bob, HttpMethod.PATCH, "/users/me", "{'discoverable':{'phone':true}}");
        rest(bob, HttpMethod.PUT, "/blocks/" + ada.id(), null);
        assertThat(ok(hers, "contact.discover", question).path("items")).isEmpty();
        assertThat(rest(ada, HttpMethod.GET, "/users/" + bob.id(), null).toString())
                .doesNotContain(number);

        String many = ("'" + hash + "',").repeat(500);
        String body =
                "{'salt':'" + salt.path("id").asText() + "','hashes':[" + many.substring(0, many.length() - 1) + "]}";
        Rest.Reply reply = call(ada, HttpMethod.POST, "/contacts/discovery", body);
        for (int i = 0; i < 3; i++) {
            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            reply = call(ada, HttpMethod.POST, "/contacts/discovery", body);
        }
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.code()).isEqualTo("rate_limited");
        assertThat(reply.body().path("retryAfterMs").asLong()).isPositive();
    }
}

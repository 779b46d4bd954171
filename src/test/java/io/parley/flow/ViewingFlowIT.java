package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is looking at a conversation, over the sockets and REST of two running nodes: Ada is on one, Bob on the other. */
class ViewingFlowIT {
    private static Cluster cluster;

    private final NetClient network = RawSocket.netClient(cluster.vertx());
    private final Cast cast = new Cast(cluster.clients(), cluster.operator());
    private Person ada;
    private Person bob;
    private UUID group;
    private RawSocket adas;
    private RawSocket bobs;

    @BeforeAll
    static void start() {
        cluster = Cluster.start(2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void meet() {
        List<Person> people = cast.people(List.of("ada", "bob"));
        ada = people.get(0);
        bob = people.get(1);
        group = cast.group(ada, bob);
        adas = signedIn(0, ada);
        bobs = signedIn(1, bob);
    }

    @AfterEach
    void part() {
        network.close();
        cast.close();
    }

    private RawSocket signedIn(int node, Person person) {
        RawSocket socket = await(
                RawSocket.open(cluster.vertx(), network, cluster.node(node).endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\""
                + await(person.tokens().current()) + "\"}"));
        soon().until(() -> socket.find("id", "hello").isPresent());
        return socket;
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(8));
    }

    private static JsonNode give(RawSocket socket, String type, String fields) {
        String id = Ids.next().toString();
        String command = "{'type':'" + type + "','id':'" + id + "'" + fields + "}";
        await(socket.sendText(command.replace('\'', '"')));
        soon().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    private static void show(RawSocket socket, UUID conversation) {
        JsonNode reply = give(socket, "viewing", ",'conversation':'" + conversation + "'");
        assertThat(reply.path("type").asText()).as(reply.toString()).isEqualTo("ok");
    }

    private Rest.Reply call(int node, Person caller, HttpMethod method, String path, @Nullable String body) {
        JsonNode tree = body == null ? null : Json.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return await(cluster.clientsOf(node)
                .rest()
                .call(method, path, await(caller.tokens().current()), tree));
    }

    private JsonNode done(Person caller, HttpMethod method, String path, @Nullable String body) {
        Rest.Reply reply = call(0, caller, method, path, body);
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.body();
    }

    private static List<String> users(JsonNode viewing) {
        List<String> users = new ArrayList<>();
        viewing.path("users").forEach(user -> users.add(user.asText()));
        return users;
    }

    private static void untilTold(RawSocket socket, UUID conversation, Person... people) {
        List<String> expected =
                Stream.of(people).map(person -> person.id().toString()).toList();
        soon().untilAsserted(() -> {
            List<JsonNode> events = events(socket, conversation);
            assertThat(events).isNotEmpty();
            assertThat(users(events.getLast())).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(events.getLast().path("count").asInt()).isEqualTo(expected.size());
        });
    }

    private static List<JsonNode> events(RawSocket socket, UUID conversation) {
        return socket.frames("viewing").stream()
                .filter(event -> event.path("conversation").asText().equals(conversation.toString()))
                .toList();
    }

    private void assertAsked(Person caller, UUID conversation, Person... people) {
        for (int node = 0; node < cluster.size(); node++) {
            Rest.Reply reply = call(node, caller, HttpMethod.GET, "/conversations/" + conversation + "/viewing", null);
            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            assertThat(users(reply.body()))
                    .containsExactlyInAnyOrderElementsOf(Stream.of(people)
                            .map(person -> person.id().toString())
                            .toList());
        }
    }

    @Test
    void thoseWhoLookSeeEachOtherUntilTheyAreRemoved() {
        show(adas, group);
        untilTold(adas, group, ada);
        show(bobs, group);
        untilTold(adas, group, ada, bob);
        untilTold(bobs, group, ada, bob);
        assertAsked(bob, group, ada, bob);

        done(ada, HttpMethod.DELETE, "/conversations/" + group + "/members/" + bob.id(), null);
        untilTold(adas, group, ada);
        assertAsked(ada, group, ada);
        int before = events(bobs, group).size();
        give(adas, "viewing", "");
        soon().untilAsserted(() -> assertAsked(ada, group));
        assertThat(events(bobs, group)).hasSize(before);
        assertThat(call(1, bob, HttpMethod.GET, "/conversations/" + group + "/viewing", null)
                        .status())
                .isEqualTo(404);
        String at = "'conversation':'" + group + "'";
        assertThat(give(bobs, "viewing", "," + at).at("/error/code").asText()).isEqualTo("not_found");
        assertThat(give(bobs, "viewing.watch", ",'conversations':['" + group + "']")
                        .at("/error/code")
                        .asText())
                .isEqualTo("not_found");
    }

    @Test
    void whoWatchesIsToldOfSeveralConversationsAndCanEndThat() {
        UUID other = cast.group(ada, bob);
        soon().until(() -> give(bobs, "viewing.watch", ",'conversations':['" + group + "','" + other + "']")
                .path("type")
                .asText()
                .equals("ok"));
        untilTold(bobs, group);
        untilTold(bobs, other);
        show(adas, other);
        untilTold(bobs, other, ada);
        untilTold(bobs, group);
        show(adas, group);
        untilTold(bobs, other);
        untilTold(bobs, group, ada);
        assertThat(events(adas, other)).isNotEmpty();
        assertAsked(bob, group, ada);
    }

    @Test
    void whoKeepsSomethingToHimselfIsNotSeenLooking() {
        show(adas, group);
        show(bobs, group);
        untilTold(bobs, group, ada, bob);
        for (String kept : List.of("'readReceipts':false", "'lastSeen':'contacts'")) {
            done(ada, HttpMethod.PATCH, "/users/me/privacy", "{" + kept + "}");
            untilTold(bobs, group, bob);
            untilTold(adas, group, bob);
            done(ada, HttpMethod.PATCH, "/users/me/privacy", "{'readReceipts':true,'lastSeen':'everybody'}");
            untilTold(bobs, group, bob, ada);
            show(bobs, group);
        }
        done(ada, HttpMethod.PUT, "/users/me/presence", "{'status':'invisible'}");
        untilTold(bobs, group, bob);
        assertAsked(ada, group, bob);
    }

    @Test
    void aThreadIsForWhoeverMayReadItsParent() {
        UUID message = Ids.next();
        await(cast.api(ada).send(group, message, "What do you think?"));
        UUID thread = UUID.fromString(
                done(ada, HttpMethod.PUT, "/conversations/" + group + "/messages/" + message + "/thread", null)
                        .path("conversation")
                        .asText());
        Person eve = cast.person("eve");
        RawSocket eves = signedIn(0, eve);

        show(adas, thread);
        show(bobs, thread);
        untilTold(adas, thread, ada, bob);
        untilTold(bobs, thread, ada, bob);
        assertAsked(bob, thread, ada, bob);
        assertAsked(bob, group);
        assertThat(give(eves, "viewing", ",'conversation':'" + thread + "'")
                        .at("/error/code")
                        .asText())
                .isEqualTo("not_found");
        assertThat(call(1, eve, HttpMethod.GET, "/conversations/" + thread + "/viewing", null)
                        .status())
                .isEqualTo(404);

        done(bob, HttpMethod.POST, "/conversations/" + group + "/leave", null);
        untilTold(adas, thread, ada);
    }

    @Test
    void whoHasBlockedSomebodyIsNotSeenByHimAndNobodyIsBetweenTheTwo() {
        UUID direct =
                UUID.fromString(await(cast.api(ada).direct(bob.id())).path("id").asText());
        RawSocket second = signedIn(1, bob);
        show(adas, group);
        show(bobs, group);
        untilTold(bobs, group, ada, bob);
        done(ada, HttpMethod.PUT, "/blocks/" + bob.id(), null);
        untilTold(bobs, group, bob);
        assertAsked(bob, group, bob);
        assertAsked(ada, group, ada, bob);

        show(second, direct);
        show(adas, direct);
        untilTold(second, direct);
        untilTold(adas, direct);
        done(ada, HttpMethod.DELETE, "/blocks/" + bob.id(), null);
        soon().untilAsserted(() -> assertThat(users(events(second, direct).getLast()))
                .containsExactlyInAnyOrder(ada.id().toString(), bob.id().toString()));
    }

    @Test
    void whoIsCutOffIsGoneAndSoIsWhatHasEnded() {
        show(adas, group);
        show(bobs, group);
        untilTold(adas, group, ada, bob);
        await(cluster.operator().setStatus(bob.id(), "suspended"));
        untilTold(adas, group, ada);

        done(ada, HttpMethod.DELETE, "/conversations/" + group, null);
        soon().until(() -> call(0, ada, HttpMethod.GET, "/conversations/" + group + "/viewing", null)
                        .status()
                == 404);
        assertThat(give(adas, "viewing", ",'conversation':'" + group + "'")
                        .at("/error/code")
                        .asText())
                .isEqualTo("not_found");
    }
}

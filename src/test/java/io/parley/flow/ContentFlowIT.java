package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Messages that are no texts, polls and live locations of people on two nodes, over both interfaces. Rerun with {@code
 * -Dparley.seed=<printed seed>}; the choices are repeated, what meets what is not.
 */
class ContentFlowIT {
    private static Cluster cluster;

    private final Cast here = new Cast(cluster.clientsOf(0), cluster.operator());
    private final Cast there = new Cast(cluster.clientsOf(1), cluster.operator());
    private final NetClient network = RawSocket.netClient(cluster.vertx());

    @BeforeAll
    static void start() {
        cluster = Cluster.start(2);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void hangUp() {
        network.close();
        here.close();
        there.close();
    }

    private static ObjectNode json(String json) {
        return (ObjectNode) Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static UUID send(PersonApi api, UUID group, String message) {
        JsonNode sent = await(api.ask(HttpMethod.POST, "/conversations/" + group + "/messages", json(message)));
        return UUID.fromString(sent.get("id").asText());
    }

    private static ObjectNode fields(UUID group, UUID message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("conversation", group.toString())
                .put("message", message.toString());
    }

    private static String path(UUID group, UUID message, String rest) {
        return "/conversations/" + group + "/messages/" + message + rest;
    }

    private static String failure(Future<?> future) {
        return await(future.map("(succeeded)").otherwise(Throwable::toString));
    }

    /** A session of the second node that keeps every frame. */
    private RawSocket signedIn(Person person) {
        RawSocket socket =
                await(RawSocket.open(cluster.vertx(), network, cluster.node(1).endpoints()));
        String token = await(person.tokens().current());
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + token + "\"}"));
        Awaitility.await().until(() -> socket.find("id", "hello").isPresent());
        return socket;
    }

    @Test
    void votesOnEitherNodeAreTheSameForAll() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Person> people = here.people(List.of("ada", "bob", "carol", "dan", "eve", "finn"));
        UUID group = here.group(people.getFirst(), people.subList(1, 6).toArray(Person[]::new));
        List<ParleyClient> devices = new ArrayList<>();
        for (Person person : people) {
            devices.add((devices.size() % 2 == 0 ? here : there).connected(person, "phone"));
        }
        String poll =
                "{'type':'poll','poll':{'question':'When?','options':['a','b','c'],'multiple':true,'anonymous':%s}}";
        PersonApi ada = here.api(people.getFirst());
        List<UUID> polls = List.of(send(ada, group, poll.formatted("true")), send(ada, group, poll.formatted("false")));

        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            ParleyClient device = devices.get(random.nextInt(devices.size()));
            UUID message = polls.get(random.nextInt(2));
            done.add(vote(random, device, group, message).otherwiseEmpty());
            if (i % 50 == 49) {
                done.forEach(Cast::await);
                done.clear();
            }
        }
        ParleyClient away = devices.get(1);
        await(away.disconnect());
        await(devices.getFirst().command("poll.vote", voting(fields(group, polls.getFirst()), 2)));
        await(devices.getFirst().command("poll.close", fields(group, polls.getLast())));
        await(away.connect());

        Map<Long, JsonNode> read = shown(await(here.api(people.get(2)).history(group)));
        assertThat(read.values().toString()).contains("results").contains("closedBy");
        for (ParleyClient device : devices) {
            Awaitility.await(device.name())
                    .untilAsserted(() -> assertThat(held(device, group)).isEqualTo(read));
        }
    }

    private static ObjectNode voting(ObjectNode fields, int... options) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        var chosen = body.putArray("options");
        for (int option : options) {
            chosen.add(option);
        }
        fields.set("body", body);
        return fields;
    }

    private static Future<?> vote(Random random, ParleyClient device, UUID group, UUID message) {
        int option = random.nextInt(4);
        ObjectNode fields = option == 3 ? voting(fields(group, message)) : voting(fields(group, message), option);
        if (random.nextBoolean()) {
            return device.command("poll.vote", fields);
        }
        return device.api().ask(HttpMethod.PUT, path(group, message, "/vote"), fields.get("body"));
    }

    /** Messages by number, as everybody is shown them. */
    private static Map<Long, JsonNode> shown(Iterable<JsonNode> messages) {
        Map<Long, JsonNode> shown = new TreeMap<>();
        messages.forEach(message -> {
            ObjectNode plain = message.deepCopy();
            plain.remove("voted");
            shown.put(plain.get("number").asLong(), plain);
        });
        return shown;
    }

    private static Map<Long, JsonNode> held(ParleyClient device, UUID group) {
        return await(device.ask(state -> {
            ConversationState conversation = state.find(group);
            return conversation == null
                    ? Map.of()
                    : shown(conversation.messages().values());
        }));
    }

    @Test
    void anOwnVoteIsToldToOnesOtherDevicesOnly() {
        List<Person> people = here.people(List.of("ada", "bob"));
        UUID group = here.group(people.get(0), people.get(1));
        RawSocket tablet = signedIn(people.get(1));
        RawSocket other = signedIn(people.get(0));
        ParleyClient phone = here.connected(people.get(1), "phone");
        UUID poll = send(
                here.api(people.get(0)),
                group,
                "{'type':'poll','poll':{'question':'When?','options':['a','b'],'anonymous':true,'closesAt':'"
                        + Instant.now().plusSeconds(4) + "'}}");

        JsonNode voted = await(phone.command("poll.vote", voting(fields(group, poll), 1)));

        assertThat(voted.at("/results/voters").asInt()).isOne();
        Awaitility.await().until(() -> !tablet.frames("poll.voted").isEmpty());
        assertThat(tablet.frames("poll.voted").getFirst().get("voted")).hasToString("[1]");
        Awaitility.await().until(() -> !other.frames("poll.results").isEmpty());
        assertThat(other.frames("poll.voted")).isEmpty();
        assertThat(failure(phone.command("poll.voters", fields(group, poll)))).contains("forbidden");
        assertThat(failure(phone.command("poll.vote", voting(fields(group, poll), 0, 1))))
                .contains("validation_failed");
        // Its time comes: one of the nodes closes it.
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !other.frames("message.updated").isEmpty());
        assertThat(other.frames("message.updated")
                        .getFirst()
                        .at("/message/results/closedAt")
                        .isTextual())
                .isTrue();
        assertThat(failure(phone.command("poll.vote", voting(fields(group, poll), 0))))
                .contains("conflict");
    }

    @Test
    void aLiveLocationIsToldAcrossNodesAndStopped() {
        List<Person> people = here.people(List.of("ada", "bob"));
        UUID group = here.group(people.get(0), people.get(1));
        RawSocket bob = signedIn(people.get(1));
        ParleyClient ada = here.connected(people.get(0), "phone");
        UUID place = send(
                here.api(people.get(0)),
                group,
                "{'type':'location','location':{'latitude':51.5,'longitude':0,'liveUntil':'"
                        + Instant.now().plusSeconds(600) + "'}}");
        ObjectNode there = json("{'latitude':52.5,'longitude':13.25}");

        await(here.api(people.get(0)).ask(HttpMethod.PUT, path(group, place, "/location"), there));
        assertThat(failure(here.api(people.get(0)).ask(HttpMethod.PUT, path(group, place, "/location"), there)))
                .contains("rate_limited");
        Awaitility.await()
                .until(() -> failure(ada.command(
                                "location.move", fields(group, place).set("body", there)))
                        .equals("(succeeded)"));
        Awaitility.await().until(() -> !bob.frames("location.moved").isEmpty());
        assertThat(bob.frames("location.moved").getFirst().at("/live/longitude").asDouble())
                .isEqualTo(13.25);
        await(ada.command("location.stop", fields(group, place)));

        Awaitility.await()
                .untilAsserted(() -> assertThat(bob.frames("message.updated"))
                        .hasSize(2)
                        .last()
                        .satisfies(event -> assertThat(
                                        event.at("/message/live/stoppedAt").isTextual())
                                .isTrue()));
        assertThat(failure(ada.command("location.move", fields(group, place).set("body", there))))
                .containsAnyOf("conflict", "rate_limited");
    }

    @Test
    void overBothInterfacesTheSameIsTakenAndRefused() {
        List<Person> people = here.people(List.of("ada", "bob"));
        UUID group = here.group(people.get(0), people.get(1));
        ParleyClient ada = here.connected(people.get(0), "phone");
        PersonApi api = there.api(people.get(1));
        for (String message : List.of(
                "{'type':'code','language':'c','text':'int a;'}",
                "{'type':'location','location':{'latitude':1,'longitude':2}}",
                "{'type':'contact','contact':{'user':'" + people.get(0).id() + "'}}",
                "{'type':'poll','poll':{'question':'When?','options':['a','b']}}")) {
            send(api, group, message);
            ObjectNode command = JsonNodeFactory.instance.objectNode().put("conversation", group.toString());
            ObjectNode draft = json(message).put("id", UUID.randomUUID().toString());
            await(ada.command("message.send", command.set("message", draft)));
        }
        for (String message : List.of(
                "{'type':'code'}",
                "{'type':'location','location':{'latitude':91,'longitude':2}}",
                "{'type':'contact','contact':{'name':' '}}",
                "{'type':'poll','poll':{'question':'When?','options':['a']}}",
                "{'type':'poll','poll':{'question':'When?'}}",
                "{'type':'survey'}")) {
            assertThat(failure(api.ask(HttpMethod.POST, "/conversations/" + group + "/messages", json(message))))
                    .contains("validation_failed");
            ObjectNode command = JsonNodeFactory.instance.objectNode().put("conversation", group.toString());
            ObjectNode draft = json(message).put("id", UUID.randomUUID().toString());
            assertThat(failure(ada.command("message.send", command.set("message", draft))))
                    .contains("validation_failed");
        }
        // Only the session has said on which platform it is.
        assertThat(await(api.history(group)))
                .hasSize(8)
                .filteredOn(message -> message.at("/client/platform").asText().equals("test"))
                .hasSize(4);
    }
}

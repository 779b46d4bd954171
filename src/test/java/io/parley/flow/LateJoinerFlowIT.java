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
import io.parley.support.testing.network.Link;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What becomes of old messages where one may read what was said since one joined, told to those who were there and to
 * those who came later. Ada is on the one node, all others on the other.
 */
class LateJoinerFlowIT {
    private static final Duration REPAIR = Duration.ofSeconds(20);
    private static final Set<String> OF_A_MESSAGE =
            Set.of("message.updated", "reaction.added", "poll.results", "location.moved", "message.deleted");

    private static Cluster cluster;

    private final Cast here = new Cast(cluster.clientsOf(0), cluster.operator());
    private final Cast there = new Cast(cluster.clientsOf(1), cluster.operator());
    private final NetClient network = RawSocket.netClient(cluster.vertx());

    private Person ada;
    private Person bob;
    private Person carol;
    private Person dave;
    private UUID group;
    private ParleyClient phone;
    private UUID secret;
    private UUID poll;
    private UUID place;

    /** Bob's, Carol's from before she came, and hers from after. */
    private RawSocket wasThere;

    private RawSocket cameLater;
    private RawSocket beganLater;
    private final List<ParleyClient> devices = new ArrayList<>();

    @BeforeAll
    static void start() {
        cluster = Cluster.start(2);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** Carol comes when all has been said; Dave was there when it was, has been out, and comes back with her. */
    @BeforeEach
    void talkBeforeSheCame() {
        List<Person> people = here.people(List.of("ada", "bob", "carol", "dave"));
        ada = people.get(0);
        bob = people.get(1);
        carol = people.get(2);
        dave = people.get(3);
        group = here.group(ada, "since_join", bob, dave);
        phone = here.connected(ada, "phone");
        wasThere = signedIn(bob);
        cameLater = signedIn(carol);
        devices.add(there.connected(bob, "phone"));
        devices.add(there.connected(carol, "phone"));
        devices.add(there.connected(dave, "phone"));
        secret = say("{'type':'text','text':'secret'}");
        poll = say("{'type':'poll','poll':{'question':'secret?','options':['a','b']}}");
        place = say("{'type':'location','location':{'latitude':51.5,'longitude':0,'liveUntil':'"
                + Instant.now().plusSeconds(600) + "'}}");
        await(here.api(ada).removeMember(group, dave.id()));
        say("{'type':'text','text':'between'}");
        await(here.api(ada).addMembers(group, List.of(carol.id(), dave.id())));
        say("{'type':'text','text':'welcome'}");
        beganLater = signedIn(carol);
        devices.add(there.connected(carol, "tablet"));
        devices.add(there.connected(dave, "tablet"));
        devices.forEach(this::holdsWhatItMayRead);
    }

    @AfterEach
    void hangUp() {
        cluster.network().bus(0, 1).open();
        cluster.network().bus(1, 0).open();
        network.close();
        here.close();
        there.close();
    }

    private UUID say(String message) {
        ObjectNode draft = (ObjectNode) Json.parse(message.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        JsonNode sent = await(here.api(ada).ask(HttpMethod.POST, "/conversations/" + group + "/messages", draft));
        return UUID.fromString(sent.get("id").asText());
    }

    private RawSocket signedIn(Person person) {
        RawSocket socket =
                await(RawSocket.open(cluster.vertx(), network, cluster.node(1).endpoints()));
        String token = await(person.tokens().current());
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + token + "\"}"));
        Awaitility.await().until(() -> socket.find("id", "hello").isPresent());
        return socket;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private JsonNode change(String command, UUID message, ObjectNode more) {
        more.put("conversation", group.toString()).put("message", message.toString());
        return await(phone.command(command, more));
    }

    private void changeAll() {
        ObjectNode edited = object();
        edited.putObject("body").put("text", "secret, edited");
        change("message.edit", secret, edited);
        change("message.pin", secret, object());
        change("reaction.add", secret, object().put("emoji", "👍"));
        ObjectNode vote = object();
        vote.putObject("body").putArray("options").add(1);
        change("poll.vote", poll, vote);
        JsonNode thread = change("thread.open", secret, object());
        await(here.api(ada)
                .send(UUID.fromString(thread.get("conversation").asText()), UUID.randomUUID(), "About the secret"));
        ObjectNode moved = object();
        moved.putObject("body").put("latitude", 52.5).put("longitude", 13.25);
        change("location.move", place, moved.deepCopy());
        Awaitility.await()
                .untilAsserted(() -> assertThat(await(phone.command(
                                        "location.move",
                                        moved.deepCopy()
                                                .put("conversation", group.toString())
                                                .put("message", place.toString()))
                                .map(ok -> "ok")
                                .otherwise(Throwable::toString)))
                        .isEqualTo("ok"));
    }

    @Test
    void whatBecomesOfOldMessagesIsToldToWhoWasThereOnly() {
        changeAll();
        awaitSummary();
        change("message.delete", place, object());
        say("{'type':'text','text':'after all'}");

        for (RawSocket socket : List.of(wasThere, cameLater, beganLater)) {
            Awaitility.await().until(() -> socket.texts().toString().contains("after all"));
        }
        assertThat(told(wasThere)).isEqualTo(OF_A_MESSAGE);
        assertThat(wasThere.texts().toString()).contains("secret, edited");
        for (RawSocket socket : List.of(cameLater, beganLater)) {
            assertThat(told(socket)).isEmpty();
            assertThat(socket.texts().toString()).doesNotContain("secret").doesNotContain(place.toString());
        }
        devices.forEach(this::holdsWhatItMayRead);
        assertThat(texts(dave)).contains("secret, edited", "after all").doesNotContain("between");
        assertThat(texts(carol)).contains("welcome", "after all").doesNotContain("secret, edited", "between");
    }

    @Test
    void norWhenItIsFoundInTheJournal() {
        List.of(cluster.network().bus(0, 1), cluster.network().bus(1, 0)).forEach(Link::refuse);
        changeAll();
        say("{'type':'text','text':'after all'}");

        Awaitility.await()
                .atMost(REPAIR)
                .until(() -> wasThere.texts().toString().contains("after all"));
        for (RawSocket socket : List.of(cameLater, beganLater)) {
            Awaitility.await()
                    .atMost(REPAIR)
                    .until(() -> !socket.frames("changes").isEmpty());
            assertThat(socket.texts().toString()).doesNotContain("secret").doesNotContain(place.toString());
        }
        assertThat(wasThere.frames("changes").toString()).contains("secret, edited");
        devices.forEach(this::holdsWhatItMayRead);
        assertThat(texts(dave)).contains("secret, edited", "after all");
    }

    private void awaitSummary() {
        Awaitility.await()
                .until(() -> wasThere.frames("message.updated").stream()
                        .anyMatch(event -> event.at("/message/thread/count").asInt() == 1));
    }

    private Set<String> told(RawSocket socket) {
        Set<String> told = new TreeSet<>();
        OF_A_MESSAGE.forEach(type -> {
            if (!socket.frames(type).isEmpty()) {
                told.add(type);
            }
        });
        return told;
    }

    private List<String> texts(Person person) {
        return await(there.api(person).history(group)).stream()
                .map(message -> message.path("text").asText())
                .toList();
    }

    /** After its client has asked for what it lacks. */
    private void holdsWhatItMayRead(ParleyClient device) {
        PersonApi api = device.api();
        Awaitility.await(device.name())
                .atMost(REPAIR)
                .untilAsserted(() -> assertThat(held(device)).isEqualTo(shown(await(api.history(group)))));
    }

    private Map<Long, JsonNode> held(ParleyClient device) {
        return await(device.ask(state -> {
            ConversationState conversation = state.find(group);
            return conversation == null
                    ? Map.of()
                    : shown(conversation.messages().values());
        }));
    }

    /** Messages by number, as everybody is shown them. */
    private static Map<Long, JsonNode> shown(Iterable<JsonNode> messages) {
        Map<Long, JsonNode> shown = new TreeMap<>();
        messages.forEach(message -> {
            ObjectNode plain = message.deepCopy();
            plain.remove(List.of("reacted", "voted"));
            shown.put(plain.get("number").asLong(), plain);
        });
        return shown;
    }
}

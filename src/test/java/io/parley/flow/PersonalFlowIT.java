package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is a person's own, with devices on two nodes and over both interfaces. */
class PersonalFlowIT {
    private static Cluster cluster;
    private static NetClient network;

    private final Cast cast = new Cast(cluster.clients(), cluster.operator());
    private final AtomicInteger commands = new AtomicInteger();
    private final List<Person> people = cast.people(List.of("ada", "bob"));
    private final Person ada = people.get(0);
    private final Person bob = people.get(1);
    private final UUID group = cast.group(ada, bob);

    @BeforeAll
    static void start() {
        cluster = Cluster.start(2);
        network = RawSocket.netClient(cluster.vertx());
    }

    @AfterAll
    static void end() {
        network.close();
        cluster.close();
    }

    @AfterEach
    void hangUp() {
        cast.close();
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    private RawSocket connected(Person person, int node) {
        RawSocket socket = await(
                RawSocket.open(cluster.vertx(), network, cluster.node(node).endpoints()));
        command(socket, "hello", object().put("token", await(person.tokens().current())));
        return socket;
    }

    private JsonNode command(RawSocket socket, String type, ObjectNode fields) {
        String id = "c" + commands.incrementAndGet();
        await(socket.sendText(fields.deepCopy().put("type", type).put("id", id).toString()));
        patiently().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An operation with a body. */
    private static ObjectNode with(ObjectNode fields, ObjectNode body) {
        return fields.set("body", body);
    }

    private JsonNode done(RawSocket socket, String type, ObjectNode fields) {
        JsonNode reply = command(socket, type, fields);
        assertThat(reply.path("type").asText()).as(reply.toString()).isEqualTo("ok");
        return reply.path("result");
    }

    private ObjectNode here() {
        return object().put("conversation", group.toString());
    }

    private UUID say(RawSocket socket, String text) {
        UUID id = UUID.randomUUID();
        ObjectNode fields = here();
        fields.putObject("message").put("id", id.toString()).put("type", "text").put("text", text);
        done(socket, "message.send", fields);
        return id;
    }

    private void patch(Person person, String path, ObjectNode body) {
        await(cast.api(person).ask(HttpMethod.PATCH, path, body));
    }

    /** The kinds and numbers that were told of the other. */
    private static List<String> receipts(RawSocket socket, Person reader) {
        return socket.frames("receipt").stream()
                .filter(frame -> frame.path("user").asText().equals(reader.id().toString()))
                .map(frame -> frame.path("kind").asText() + " " + frame.path("number"))
                .toList();
    }

    @Test
    void readMarksAreToldLiveOnlyBetweenThoseWhoShareThem() {
        RawSocket adas = connected(ada, 0);
        RawSocket bobs = connected(bob, 1);
        for (String text : List.of("one", "two", "three", "four")) {
            say(adas, text);
        }

        done(bobs, "read", here().put("number", 1));
        patiently().untilAsserted(() -> assertThat(receipts(adas, bob)).containsExactly("read 1"));

        patch(bob, "/users/me/privacy", object().put("readReceipts", false));
        patiently().until(() -> !bobs.frames("privacy.updated").isEmpty());
        done(bobs, "read", here().put("number", 2));
        patiently().untilAsserted(() -> assertThat(receipts(adas, bob)).containsExactly("read 1", "delivered 2"));
        say(bobs, "five");
        done(adas, "read", here().put("number", 5));
        done(adas, "privacy.change", with(object(), object().put("readReceipts", false)));
        patiently().until(() -> !adas.frames("read").isEmpty());

        patch(bob, "/users/me/privacy", object().put("readReceipts", true));
        patiently().until(() -> bobs.frames("privacy.updated").size() == 2);
        RawSocket again = connected(bob, 0);
        done(again, "read", here().put("number", 4));
        patiently().until(() -> bobs.frames("read").size() == 3);
        assertThat(receipts(bobs, ada)).as("while he did not share").isEmpty();
        assertThat(receipts(adas, bob)).as("since she does not").containsExactly("read 1", "delivered 2");
    }

    @Test
    void whatIsSetDraftedStarredAndHiddenIsOnAllDevices() {
        RawSocket phone = connected(ada, 0);
        RawSocket tablet = connected(ada, 1);
        say(phone, "kept");
        UUID hidden = say(phone, "hidden");
        ObjectNode ids = object();
        ids.putArray("messages").add(hidden.toString());

        done(phone, "settings.change", with(here(), object().put("pinned", true).put("markedUnread", true)));
        done(phone, "draft.save", with(here(), object().put("text", "I was")));
        done(phone, "star.add", here().put("message", hidden.toString()));
        done(phone, "message.hide", with(here(), ids));

        for (String type : List.of("conversation.settings", "draft.updated", "star.added", "message.hidden")) {
            patiently()
                    .untilAsserted(
                            () -> assertThat(tablet.frames(type)).as(type).hasSize(1));
        }
        assertThat(done(tablet, "star.list", object()).get("items")).isEmpty();
        assertThat(done(tablet, "draft.list", object()).at("/items/0/text").asText())
                .isEqualTo("I was");
        JsonNode hers = await(cast.api(ada).conversation(group));
        assertThat(hers.at("/settings/pinned").asInt()).isEqualTo(1);
        assertThat(hers.at("/settings/markedUnread").asBoolean()).isTrue();
        assertThat(hers.at("/lastMessage/text").asText()).isEqualTo("kept");
        JsonNode his = await(cast.api(bob).conversation(group));
        assertThat(his.at("/lastMessage/text").asText()).isEqualTo("hidden");
        assertThat(his.get("settings")).isEmpty();
    }
}

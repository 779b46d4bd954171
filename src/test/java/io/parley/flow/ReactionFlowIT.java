package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.SentMessage;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
 * Reactions and pins of people on two nodes, over both interfaces. Rerun with {@code -Dparley.seed=<printed seed>}; the
 * choices are repeated, what meets what is not.
 */
class ReactionFlowIT {
    private static final List<String> EMOJI = List.of("👍", "❤️", "👩🏻‍❤️‍💋‍👩🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "#️⃣");

    private static Cluster cluster;

    private final Cast here = new Cast(cluster.clientsOf(0), cluster.operator());
    private final Cast there = new Cast(cluster.clientsOf(1), cluster.operator());

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
        here.close();
        there.close();
    }

    @Test
    void whatIsDoneOnEitherNodeIsTheSameForAll() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Person> people = here.people(List.of("ada", "bob", "carol", "dan", "eve", "finn"));
        UUID group = here.group(people.getFirst(), people.subList(1, 6).toArray(Person[]::new));
        List<ParleyClient> devices = new ArrayList<>();
        for (Person person : people) {
            devices.add((devices.size() % 2 == 0 ? here : there).connected(person, "phone"));
        }
        devices.add(there.connected(people.getFirst(), "tablet"));
        List<UUID> messages = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            UUID message = UUID.randomUUID();
            await(devices.get(i).send(group, message, "Message " + i));
            messages.add(message);
        }

        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            ParleyClient device = devices.get(random.nextInt(devices.size()));
            UUID message = messages.get(random.nextInt(messages.size()));
            done.add(step(random, device, group, message).otherwiseEmpty());
            if (i % 50 == 49) {
                done.forEach(Cast::await);
                done.clear();
            }
        }
        done.forEach(Cast::await);
        ParleyClient away = devices.get(1);
        await(away.disconnect());
        await(step(random, devices.getFirst(), group, messages.getFirst()).otherwiseEmpty());
        await(away.connect());

        Map<Long, JsonNode> read = shown(await(here.api(people.get(2)).history(group)));
        assertThat(read.values().toString()).contains("reactions");
        for (ParleyClient device : devices) {
            Awaitility.await(device.name())
                    .untilAsserted(() -> assertThat(held(device, group)).isEqualTo(read));
        }
    }

    private static Future<?> step(Random random, ParleyClient device, UUID group, UUID message) {
        ObjectNode fields = JsonNodeFactory.instance
                .objectNode()
                .put("conversation", group.toString())
                .put("message", message.toString());
        int choice = random.nextInt(20);
        if (choice < 2) {
            return device.command(choice == 0 ? "message.pin" : "message.unpin", fields);
        }
        if (choice == 2) {
            return device.send(group, "Said meanwhile " + random.nextInt());
        }
        String emoji = EMOJI.get(random.nextInt(EMOJI.size()));
        boolean added = choice < 13;
        if (choice % 2 == 0) {
            return device.command(added ? "reaction.add" : "reaction.remove", fields.put("emoji", emoji));
        }
        return react(device.api(), group, message, added, emoji);
    }

    private static Future<JsonNode> react(PersonApi api, UUID group, UUID message, boolean added, String emoji) {
        String path = "/conversations/" + group + "/messages/" + message + "/reactions/"
                + URLEncoder.encode(emoji, StandardCharsets.UTF_8);
        return api.ask(added ? HttpMethod.PUT : HttpMethod.DELETE, path, null);
    }

    /** Messages by number, as everybody is shown them. */
    private static Map<Long, JsonNode> shown(Iterable<JsonNode> messages) {
        Map<Long, JsonNode> shown = new TreeMap<>();
        messages.forEach(message -> {
            ObjectNode plain = message.deepCopy();
            plain.remove("reacted");
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
    void overBothInterfacesItIsTheSame() {
        List<Person> people = here.people(List.of("ada", "bob"));
        UUID group = here.group(people.get(0), people.get(1));
        ParleyClient ada = here.connected(people.get(0), "phone");
        PersonApi bob = there.api(people.get(1));
        UUID message = UUID.randomUUID();
        SentMessage sent = await(ada.send(group, message, "Hello"));
        ObjectNode fields = JsonNodeFactory.instance
                .objectNode()
                .put("conversation", group.toString())
                .put("message", message.toString());

        JsonNode added = await(ada.command("reaction.add", fields.deepCopy().put("emoji", "\u2764")));
        assertThat(added.get("emoji").asText()).isEqualTo("❤️");
        assertThat(await(react(bob, group, message, true, "❤️")).get("count").asInt())
                .isEqualTo(2);
        JsonNode who = await(ada.command("reaction.list", fields));
        assertThat(who.get("items")).hasSize(2);
        assertThat(await(ada.command("message.get", fields)).get("reacted")).hasSize(1);
        assertThat(failure(ada.command("reaction.add", fields.deepCopy().put("emoji", "heart"))))
                .contains("validation_failed");
        assertThat(failure(react(bob, group, message, true, "x".repeat(33)))).contains("validation_failed");

        await(ada.command("message.pin", fields));
        JsonNode pins = await(bob.ask(HttpMethod.GET, "/conversations/" + group + "/pins", null));
        assertThat(pins.at("/items/0/id").asText()).isEqualTo(message.toString());
        assertThat(await(ada.command(
                                "pin.list",
                                JsonNodeFactory.instance.objectNode().put("conversation", group.toString())))
                        .get("items"))
                .hasSize(1);
        JsonNode favourites = await(ada.command("reaction.favourites", JsonNodeFactory.instance.objectNode()));
        assertThat(favourites.at("/items/0").asText()).isEqualTo("❤️");
        assertThat(sent.number()).isEqualTo(1);
    }

    private static String failure(Future<?> future) {
        return await(future.map("(succeeded)").otherwise(Throwable::toString));
    }
}

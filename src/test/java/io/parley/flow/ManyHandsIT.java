package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Ids;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.CommandFailure;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several people with a device on each of two nodes send, edit, delete, react, pin, vote, come and go, over both
 * interfaces and several at once, while devices are away now and then. At the end every device has what a fresh read
 * gives, and that is what a simple model says. Rerun with {@code -Dparley.seed=<printed seed>}.
 */
class ManyHandsIT {
    private static final int ROUNDS = 150;
    private static final List<String> EMOJI = List.of("👍", "❤️", "🎉");
    private static final Duration SETTLED = Duration.ofSeconds(60);

    private static Cluster cluster;

    private final Cast here = new Cast(cluster.clientsOf(0), cluster.operator());
    private final Cast there = new Cast(cluster.clientsOf(1), cluster.operator());

    private final Map<UUID, Said> said = new LinkedHashMap<>();
    private final Set<Integer> members = new TreeSet<>();
    private final Set<Integer> everOut = new HashSet<>();
    private final List<Person> people = new ArrayList<>();
    private final List<List<ParleyClient>> devices = new ArrayList<>();
    private final Set<ParleyClient> away = new HashSet<>();
    private Random random = new Random();
    private UUID room = Ids.next();
    private String name = "";

    /** What the model knows of a message. */
    private static final class Said {
        final int sender;
        String text;
        boolean deleted;
        boolean pinned;
        final Map<String, Set<Integer>> reactions = new TreeMap<>();

        Said(int sender, String text) {
            this.sender = sender;
            this.text = text;
        }

        @Override
        public String toString() {
            StringBuilder counts = new StringBuilder();
            reactions.forEach((emoji, who) -> counts.append(who.isEmpty() ? "" : emoji + who.size()));
            return deleted ? "deleted" : text + (pinned ? " pinned " : " ") + counts;
        }
    }

    /** Something that somebody does, and what the model does when it has succeeded. */
    private record Deed(Future<?> asked, Runnable after) {}

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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whateverPeopleDoAllSeeTheSame(int run) {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("run " + run + ", seed " + seed);
        random = new Random(seed);
        begin();
        for (int round = 0; round < ROUNDS; round++) {
            if (random.nextInt(3) == 0) {
                alone();
            } else {
                together();
            }
        }
        for (ParleyClient device : List.copyOf(away)) {
            comeBack(device);
        }
        compare();
    }

    private void begin() {
        people.addAll(here.people(List.of("ada", "bob", "carol", "dan", "eve")));
        room = here.group(people.getFirst(), people.subList(1, 4).toArray(Person[]::new));
        for (int i = 0; i < people.size(); i++) {
            if (i < 4) {
                members.add(i);
            } else {
                everOut.add(i);
            }
            devices.add(List.of(here.connected(people.get(i), "phone"), there.connected(people.get(i), "tablet")));
        }
    }

    /** Each of several does one thing to what is his own, or what all may do side by side. */
    private void together() {
        List<Deed> deeds = new ArrayList<>();
        for (int person : new ArrayList<>(members)) {
            if (random.nextInt(4) > 0) {
                deeds.add(deed(person));
            }
        }
        deeds.forEach(this::finish);
    }

    private Deed deed(int person) {
        List<UUID> own = alive(person);
        List<UUID> all = alive(-1);
        int choice = random.nextInt(10);
        if (choice < 2 && !own.isEmpty()) {
            UUID message = any(own);
            String text = "anew " + random.nextInt(1_000);
            ObjectNode body = object().put("text", text);
            return new Deed(
                    ask(person, "message.edit", HttpMethod.PATCH, at(message), fields(message), body),
                    () -> said.get(message).text = text);
        }
        if (choice == 2 && !own.isEmpty()) {
            UUID message = any(own);
            return new Deed(
                    ask(person, "message.delete", HttpMethod.DELETE, at(message), fields(message), null),
                    () -> said.get(message).deleted = true);
        }
        if (choice < 7 && !all.isEmpty()) {
            return react(person, any(all), EMOJI.get(random.nextInt(EMOJI.size())));
        }
        return send(person);
    }

    private Deed send(int person) {
        UUID message = Ids.next();
        String text = "message " + random.nextInt(1_000_000);
        ObjectNode body =
                object().put("id", message.toString()).put("type", "text").put("text", text);
        ParleyClient device = present(person);
        Future<?> asked = random.nextBoolean() && device != null
                ? device.command("message.send", conversation().set("message", body))
                : api(person).ask(HttpMethod.POST, "/conversations/" + room + "/messages", body);
        return new Deed(asked, () -> said.put(message, new Said(person, text)));
    }

    private Deed react(int person, UUID message, String emoji) {
        boolean adding = random.nextInt(3) > 0;
        String path = at(message) + "/reactions/" + URLEncoder.encode(emoji, StandardCharsets.UTF_8);
        return new Deed(
                ask(
                        person,
                        adding ? "reaction.add" : "reaction.remove",
                        adding ? HttpMethod.PUT : HttpMethod.DELETE,
                        path,
                        fields(message).put("emoji", emoji),
                        null),
                () -> {
                    Set<Integer> who = said.get(message).reactions.computeIfAbsent(emoji, first -> new TreeSet<>());
                    if (adding) {
                        who.add(person);
                    } else {
                        who.remove(person);
                    }
                });
    }

    /** What changes things for everybody is done by one at a time. */
    private void alone() {
        List<UUID> all = alive(-1);
        int somebody = 1 + random.nextInt(people.size() - 1);
        switch (random.nextInt(6)) {
            case 0 -> comeOrGo(somebody);
            case 1 -> {
                name = "Room " + random.nextInt(100);
                ObjectNode body = object().put("name", name);
                finish(new Deed(
                        ask(0, "conversation.update", HttpMethod.PATCH, "/conversations/" + room, conversation(), body),
                        () -> {}));
            }
            case 2 -> pin(all);
            case 3 -> moderate(all);
            case 4 -> trespass(somebody);
            default -> goAwayOrComeBack(devices.get(somebody).get(random.nextInt(2)));
        }
    }

    private void comeOrGo(int person) {
        UUID id = people.get(person).id();
        if (members.contains(person)) {
            everOut.add(person);
            ObjectNode fields = conversation().put("user", id.toString());
            String path = "/conversations/" + room + "/members/" + id;
            finish(new Deed(
                    ask(0, "member.remove", HttpMethod.DELETE, path, fields, null), () -> members.remove(person)));
        } else {
            finish(new Deed(api(0).addMembers(room, List.of(id)), () -> members.add(person)));
        }
    }

    private void pin(List<UUID> all) {
        if (!all.isEmpty()) {
            UUID message = any(all);
            boolean pinned = random.nextBoolean();
            finish(new Deed(
                    ask(
                            0,
                            pinned ? "message.pin" : "message.unpin",
                            pinned ? HttpMethod.PUT : HttpMethod.DELETE,
                            at(message) + "/pin",
                            fields(message),
                            null),
                    () -> said.get(message).pinned = pinned));
        }
    }

    private void moderate(List<UUID> all) {
        if (!all.isEmpty()) {
            UUID message = any(all);
            finish(new Deed(
                    ask(0, "message.delete", HttpMethod.DELETE, at(message), fields(message), null),
                    () -> said.get(message).deleted = true));
        }
    }

    /** Who is not in it does nothing to it. */
    private void trespass(int person) {
        if (!members.contains(person)) {
            Deed deed = send(person);
            assertThat(await(deed.asked().map("done").otherwise(failed -> ((CommandFailure) failed).code())))
                    .isEqualTo("not_found");
        }
    }

    private void goAwayOrComeBack(ParleyClient device) {
        if (away.contains(device)) {
            comeBack(device);
        } else {
            away.add(device);
            await(device.disconnect());
        }
    }

    private void comeBack(ParleyClient device) {
        away.remove(device);
        await(device.connect());
    }

    /** A message may be deleted by another while something is done to it; then only the deletion counts. */
    private void finish(Deed deed) {
        boolean done = await(deed.asked().map(true).recover(failed -> {
            assertThat(((CommandFailure) failed).code()).isEqualTo("not_found");
            return Future.succeededFuture(false);
        }));
        if (done) {
            deed.after().run();
        }
    }

    /** Over either interface, at either node. */
    private Future<?> ask(
            int person, String command, HttpMethod method, String path, ObjectNode fields, @Nullable ObjectNode body) {
        ParleyClient device = present(person);
        if (random.nextBoolean() || device == null) {
            return api(person).ask(method, path, body);
        }
        if (body != null) {
            fields.set("body", body);
        }
        return device.command(command, fields);
    }

    private PersonApi api(int person) {
        return (random.nextBoolean() ? here : there).api(people.get(person));
    }

    /** One of his devices that is not away. */
    private @Nullable ParleyClient present(int person) {
        ParleyClient device = devices.get(person).get(random.nextInt(2));
        return away.contains(device) ? null : device;
    }

    private List<UUID> alive(int sender) {
        return said.entrySet().stream()
                .filter(entry -> !entry.getValue().deleted && (sender < 0 || entry.getValue().sender == sender))
                .map(Map.Entry::getKey)
                .toList();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private ObjectNode conversation() {
        return object().put("conversation", room.toString());
    }

    private ObjectNode fields(UUID message) {
        return conversation().put("message", message.toString());
    }

    private String at(UUID message) {
        return "/conversations/" + room + "/messages/" + message;
    }

    private void compare() {
        Map<Long, JsonNode> read = shown(await(here.api(people.getFirst()).history(room)));
        assertThat(shown(await(there.api(people.getFirst()).history(room)))).isEqualTo(read);
        Map<String, String> expected = new TreeMap<>();
        said.forEach((id, one) -> expected.put(id.toString(), one.toString()));
        assertThat(byId(read)).isEqualTo(expected);
        for (int person = 0; person < people.size(); person++) {
            for (ParleyClient device : devices.get(person)) {
                compare(person, device, everOut.contains(person) ? null : read);
            }
        }
    }

    private void compare(int person, ParleyClient device, @Nullable Map<Long, JsonNode> all) {
        Map<Long, JsonNode> readable = !members.contains(person)
                ? Map.of()
                : all != null ? all : shown(await(device.api().history(room)));
        Awaitility.await(device.name() + " of " + person)
                .atMost(SETTLED)
                .untilAsserted(() -> assertThat(held(device)).isEqualTo(readable));
        if (members.contains(person)) {
            Set<UUID> present = new HashSet<>();
            members.forEach(member -> present.add(people.get(member).id()));
            Set<UUID> known = await(device.ask(state -> state.find(room).activeMembers()));
            assertThat(known).isEqualTo(present);
            String called = await(device.ask(state -> state.find(room).name()));
            assertThat(called).endsWith(name);
        }
    }

    private Map<Long, JsonNode> held(ParleyClient device) {
        return await(device.ask(state -> {
            ConversationState conversation = state.find(room);
            return conversation == null || conversation.isLost()
                    ? Map.of()
                    : shown(conversation.messages().values());
        }));
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

    /** What people have said, in the model's words. */
    private Map<String, String> byId(Map<Long, JsonNode> messages) {
        Map<String, String> words = new TreeMap<>();
        for (JsonNode message : messages.values()) {
            if (message.path("type").asText().equals("text")) {
                Map<String, Integer> counts = new TreeMap<>();
                message.path("reactions")
                        .forEach(one -> counts.put(
                                one.path("emoji").asText(), one.path("count").asInt()));
                StringBuilder reactions = new StringBuilder();
                counts.forEach((emoji, count) -> reactions.append(emoji).append(count));
                words.put(
                        message.path("id").asText(),
                        message.hasNonNull("deletedAt")
                                ? "deleted"
                                : message.path("text").asText()
                                        + (message.has("pinned") ? " pinned " : " ")
                                        + reactions);
            }
        }
        return words;
    }
}

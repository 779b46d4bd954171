package io.parley.features.conversations;

import static io.parley.features.GroupLab.in;
import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Frame;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.features.messages.MessageActions;
import io.parley.support.AppError;
import io.parley.support.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events applied to an old state, and the changes since, are the same as reading the state afresh. */
class GroupStateIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int STEPS = 80;

    /** What lists alone tell of members, and what follows from them. */
    private static final List<String> OF_LISTS = List.of("creator", "lastSeenAt");

    private static final Set<String> OF_THE_READER = Set.of(
            "lastNumber",
            "lastVersion",
            "lastMessage",
            "settings",
            "archived",
            "unread",
            "mentions",
            "role",
            "customRole",
            "silencedUntil",
            "readNumber",
            "memberCount");

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);
    private static final Random RANDOM = new Random(SEED);

    private final UUID owner = LAB.person();
    private final List<UUID> people = LAB.people(6);
    private final UUID room = GROUPS.group(owner, people.get(0), people.get(1));

    /** What a client holds of a group. */
    private record State(ObjectNode settings, Map<String, JsonNode> members) {
        void apply(JsonNode event) {
            switch (event.get("type").textValue()) {
                case "conversation.updated" -> put(event.get("data"));
                case "member.added", "member.updated" ->
                    event.get("members")
                            .forEach(member -> members.put(member.get("user").textValue(), member));
                case "member.removed" -> event.get("users").forEach(user -> members.remove(user.textValue()));
                default -> {}
            }
        }

        private void put(JsonNode changed) {
            changed.properties().forEach(field -> {
                if (field.getValue().isNull()) {
                    settings.remove(field.getKey());
                } else {
                    settings.set(field.getKey(), field.getValue());
                }
            });
        }

        /** What {@code changes} answers stands in place of what is there. */
        void applyState(JsonNode changes) {
            if (changes.has("conversation")) {
                settings.removeAll();
                put(changes.get("conversation"));
                settings.remove("memberCount");
            }
            changes.get("members").forEach(member -> {
                if (member.get("active").booleanValue()) {
                    members.put(member.get("user").textValue(), member);
                } else {
                    members.remove(member.get("user").textValue());
                }
            });
        }
    }

    private State read() {
        ObjectNode settings = (ObjectNode) anew(GROUPS.conversation(owner, room));
        settings.remove(OF_THE_READER);
        Map<String, JsonNode> members = new TreeMap<>();
        GROUPS.ask(owner, "listMembers", in(room), "", "MemberList")
                .get("items")
                .forEach(member -> {
                    ObjectNode copy = (ObjectNode) anew(member);
                    copy.remove(OF_LISTS);
                    members.put(member.get("user").textValue(), copy);
                });
        return new State(settings, members);
    }

    /** As it comes over the wire, where numbers have no types. */
    private static JsonNode anew(JsonNode tree) {
        return Json.parse(tree.toString().getBytes(StandardCharsets.UTF_8));
    }

    private long version() {
        return GROUPS.conversation(owner, room).get("lastVersion").longValue();
    }

    @RepeatedTest(5)
    void eventsAndChangesLeadToTheSameState() {
        System.out.println("-Dseed=" + SEED);
        int split = RANDOM.nextInt(STEPS);
        for (int i = 0; i < split; i++) {
            step();
        }
        State byEvents = read();
        State byChanges = read();
        long since = version();
        for (int i = split; i < STEPS; i++) {
            step();
        }
        long now = version();

        await().until(() -> LAB.frames(room).getLast().version() == now);
        List<Frame> news = LAB.frames(room).stream()
                .filter(frame -> frame.version() > since)
                .toList();
        news.forEach(frame -> byEvents.apply(LAB.content(frame)));
        MessageActions.Changes changes =
                LAB.ask(MessageActions.CHANGES, new MessageActions.ChangesSince(TENANT, owner, room, since));
        byChanges.applyState(anew(LAB.checked("Changes", changes)));

        State fresh = read();
        assertThat(news).hasSize((int) (now - since));
        assertThat(byEvents.settings()).isEqualTo(fresh.settings());
        assertThat(byEvents.members()).isEqualTo(fresh.members());
        assertThat(byChanges.settings()).isEqualTo(fresh.settings());
        assertThat(byChanges.members()).isEqualTo(fresh.members());
    }

    /** Something that the owner does; what is refused changes nothing. */
    private void step() {
        UUID person = people.get(RANDOM.nextInt(people.size()));
        try {
            switch (RANDOM.nextInt(12)) {
                case 0 -> GROUPS.update(owner, room, "{\"name\": \"Name " + RANDOM.nextInt(5) + "\"}");
                case 1 ->
                    GROUPS.update(
                            owner,
                            room,
                            RANDOM.nextBoolean() ? "{\"topic\": null}" : "{\"topic\": \"T\", \"color\": null}");
                case 2 ->
                    GROUPS.update(
                            owner,
                            room,
                            "{\"color\": \"#00000%d\", \"slowModeSeconds\": %d}"
                                    .formatted(RANDOM.nextInt(10), RANDOM.nextInt(3)));
                case 3 ->
                    GROUPS.update(
                            owner,
                            room,
                            "{\"permissions\": {\"%s\": \"%s\"}}"
                                    .formatted(
                                            one("send", "pin", "add_members", "ban"),
                                            one("member", "admin", "owner", "nobody")));
                case 4 -> GROUPS.update(owner, room, "{\"status\": \"" + one("archived", "active", "active") + "\"}");
                case 5, 6 -> GROUPS.add(owner, room, person, people.get(RANDOM.nextInt(people.size())));
                case 7 -> GROUPS.remove(owner, room, person);
                case 8 ->
                    GROUPS.updateMember(owner, room, person, "{\"role\": \"" + one("admin", "member", "owner") + "\"}");
                case 9 ->
                    GROUPS.updateMember(
                            owner,
                            room,
                            person,
                            RANDOM.nextBoolean()
                                    ? "{\"silencedUntil\": null}"
                                    : "{\"silencedUntil\": \"" + Instant.now().plus(1, ChronoUnit.HOURS) + "\"}");
                case 10 -> role(person);
                default -> {
                    GROUPS.call(owner, "banMember", in(room, person), "{}");
                    GROUPS.call(owner, "liftBan", in(room, person), "");
                }
            }
        } catch (CompletionException refused) {
            assertThat(refused.getCause()).isInstanceOf(AppError.class);
        }
    }

    private void role(UUID person) {
        List<JsonNode> roles = new ArrayList<>();
        GROUPS.conversation(owner, room).get("roles").forEach(roles::add);
        if (roles.isEmpty() || RANDOM.nextInt(3) == 0) {
            GROUPS.call(
                    owner,
                    "createConversationRole",
                    in(room),
                    "{\"name\": \"R" + RANDOM.nextInt(9) + "\", \"permissions\": [\"pin\"]}");
        } else {
            String id = roles.get(RANDOM.nextInt(roles.size())).get("id").textValue();
            Map<String, Object> parameters = Map.of("conversationId", room, "roleId", id);
            switch (RANDOM.nextInt(3)) {
                case 0 ->
                    GROUPS.call(owner, "updateConversationRole", parameters, "{\"permissions\": [\"send\", \"ban\"]}");
                case 1 -> GROUPS.call(owner, "deleteConversationRole", parameters, "");
                default -> GROUPS.updateMember(owner, room, person, "{\"customRole\": \"" + id + "\"}");
            }
        }
    }

    private String one(String... words) {
        return words[RANDOM.nextInt(words.length)];
    }
}

package io.parley.features;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.PersonalFrame;
import io.parley.features.hiding.HidingActions.Hidden;
import io.parley.features.messages.MessageView;
import io.parley.server.auth.Origin;
import io.parley.server.session.HubActions;
import io.parley.server.session.HubActions.AccountHeads;
import io.parley.server.session.HubActions.HeadLists;
import io.parley.server.session.HubActions.Heads;
import io.parley.server.session.HubActions.HeadsOf;
import io.parley.server.session.HubActions.Person;
import io.parley.server.session.HubActions.PersonalRepair;
import io.parley.server.session.HubActions.PersonalRepaired;
import io.parley.server.session.HubActions.Position;
import io.parley.support.Json;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A device that keeps what is its person's own as the protocol says: by events while it is there, by what it is told when
 * it has missed some, and by reading lists anew.
 */
final class PersonalDevice {
    private final PersonalSteps steps;
    private final UUID person;
    private final Map<UUID, MessageView> parents;
    private final Map<UUID, JsonNode> settings = new TreeMap<>();
    private final Map<UUID, String> drafts = new TreeMap<>();
    private final Map<UUID, Set<Long>> stars = new TreeMap<>();
    private final Map<UUID, Long> cleared = new TreeMap<>();
    private final Map<UUID, Set<Long>> hidden = new TreeMap<>();
    private JsonNode privacy = JsonNodeFactory.instance.objectNode();
    private @Nullable Position position;
    private long version;
    private long hiddenVersion;

    /** @param parents of the threads that the person knows, the messages that they hang on */
    PersonalDevice(PersonalSteps steps, UUID person, Map<UUID, MessageView> parents) {
        this.steps = steps;
        this.person = person;
        this.parents = parents;
    }

    /** All that the person sees; two devices that have everything have the same. */
    record State(
            Map<UUID, JsonNode> settings,
            Map<UUID, String> drafts,
            Map<UUID, Set<Long>> stars,
            Map<UUID, Set<Long>> hidden,
            Map<UUID, Long> cleared,
            JsonNode privacy) {}

    /**
     * Without what has gone with its message.
     *
     * @param deleted messages that are deleted, as conversations tell
     */
    State state(Map<UUID, Set<Long>> deleted) {
        Map<UUID, Set<Long>> shown = new TreeMap<>();
        stars.forEach((room, numbers) -> {
            Set<Long> left = new TreeSet<>(numbers);
            left.removeAll(deleted.getOrDefault(room, Set.of()));
            if (!left.isEmpty() && !ended(room, deleted)) {
                shown.put(room, left);
            }
        });
        Map<UUID, String> begun = new TreeMap<>(drafts);
        begun.keySet().removeIf(room -> ended(room, deleted));
        return new State(settings, begun, shown, hidden, cleared, privacy);
    }

    /** A thread ends with the message that it hangs on. */
    private boolean ended(UUID room, Map<UUID, Set<Long>> deleted) {
        MessageView parent = parents.get(room);
        return parent != null
                && deleted.getOrDefault(parent.conversation(), Set.of()).contains(parent.number());
    }

    /** Takes the events that have been published since, and asks for what is lacking between them. */
    void live() {
        List<PersonalFrame> frames = steps.lab().personalFrames(person).stream()
                .sorted(Comparator.comparingLong(PersonalFrame::userVersion))
                .toList();
        for (PersonalFrame frame : frames) {
            if (frame.userVersion() > version + 1) {
                repair(frame.userVersion());
            } else if (frame.userVersion() == version + 1) {
                event(steps.lab().content(frame));
                version = frame.userVersion();
            }
        }
        if (steps.userVersion(person) > version) {
            repair(steps.userVersion(person));
        }
    }

    /** What the hub does for a session that lacks something. */
    private void repair(long upTo) {
        PersonalRepaired found =
                steps.lab().ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, person, version));
        JsonNode frame = steps.lab().checked(Json.parse(found.frame().getBytes()));
        frame.get("changed").forEach(this::head);
        frame.path("lists").forEach(list -> reread(list.textValue()));
        version = found.userVersion();
        assertThat(version).isGreaterThanOrEqualTo(upTo);
    }

    /** Comes back, with the position of the last time, if there was one. */
    void hello() {
        HeadLists found = steps.lab()
                .ask(
                        HubActions.HEADS,
                        new Heads(List.of(new HeadsOf(new Person(TENANT, person), Origin.issued(null), position))));
        AccountHeads account = found.people().getFirst();
        account.lost().forEach(lost -> lose(lost.conversation()));
        account.heads().stream()
                .filter(head -> head.changed() || position == null)
                .forEach(head -> set(head.conversation(), head.settings()));
        (position == null ? List.of("drafts", "stars", "hidden", "privacy") : account.lists()).forEach(this::reread);
        version = account.userVersion();
        position = new Position(found.epoch(), version, found.fence());
    }

    private void head(JsonNode head) {
        UUID room = id(head);
        if (head.path("removed").booleanValue()) {
            lose(room);
        } else {
            set(room, head.get("settings"));
        }
    }

    private void set(UUID room, @Nullable JsonNode own) {
        if (own == null || own.isEmpty()) {
            settings.remove(room);
        } else {
            settings.put(room, own);
        }
    }

    private void event(JsonNode event) {
        switch (event.get("type").textValue()) {
            case "conversation.settings" -> set(id(event), event.get("settings"));
            case "read" -> {
                JsonNode own = settings.get(id(event));
                set(id(event), own == null ? null : own.<ObjectNode>deepCopy().without("markedUnread"));
            }
            case "conversation.gained" -> settings.remove(id(event));
            case "conversation.lost" -> lose(id(event));
            case "draft.updated" ->
                drafts.put(id(event), event.at("/draft/text").textValue());
            case "draft.removed" -> drafts.remove(id(event));
            case "star.added" ->
                stars.computeIfAbsent(id(event), room -> new TreeSet<>())
                        .add(event.get("number").longValue());
            case "star.removed" ->
                stars.getOrDefault(id(event), new HashSet<>())
                        .remove(event.get("number").longValue());
            case "message.hidden" -> hide(Json.read(event.<ObjectNode>deepCopy().without("type"), Hidden.class));
            case "privacy.updated" -> privacy = event.get("privacy");
            default -> throw new AssertionError(event.toString());
        }
    }

    private static UUID id(JsonNode node) {
        return UUID.fromString(node.get("conversation").textValue());
    }

    /** What is lost or deleted is forgotten, and what was begun and starred in its threads with it. */
    void lose(UUID room) {
        settings.remove(room);
        if (!parents.containsKey(room)) {
            drafts.keySet().removeIf(one -> root(one).equals(room));
            stars.keySet().removeIf(one -> root(one).equals(room));
        }
    }

    private UUID root(UUID conversation) {
        MessageView parent = parents.get(conversation);
        return parent == null ? conversation : parent.conversation();
    }

    private void hide(Hidden item) {
        Set<Long> single = hidden.computeIfAbsent(item.conversation(), room -> new TreeSet<>());
        Set<Long> starred = stars.getOrDefault(item.conversation(), new HashSet<>());
        if (item.upTo() != null) {
            cleared.merge(item.conversation(), item.upTo(), Math::max);
            single.removeIf(number -> number <= item.upTo());
            starred.removeIf(number -> number <= item.upTo());
        }
        if (item.numbers() != null) {
            single.addAll(item.numbers());
            starred.removeAll(item.numbers());
        }
        if (single.isEmpty()) {
            hidden.remove(item.conversation());
        }
        hiddenVersion = Math.max(hiddenVersion, item.userVersion());
    }

    private void reread(String list) {
        switch (list) {
            case "drafts" -> {
                drafts.clear();
                steps.drafts(person).forEach(draft -> drafts.put(draft.conversation(), draft.text()));
            }
            case "stars" -> {
                stars.clear();
                Map<UUID, Set<Long>> found = steps.stars(person).stream()
                        .collect(Collectors.groupingBy(
                                star -> star.message().conversation(),
                                HashMap::new,
                                Collectors.mapping(
                                        star -> star.message().number(), Collectors.toCollection(TreeSet::new))));
                stars.putAll(found);
            }
            case "hidden" -> steps.hidden(person, hiddenVersion).forEach(this::hide);
            case "privacy" -> privacy = Json.mapper().valueToTree(steps.privacy(person));
            default -> throw new AssertionError(list);
        }
    }
}

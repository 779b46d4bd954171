package io.parley.features.reactions;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.ChangesSince;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.History;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.pins.PinActions;
import io.parley.features.pins.PinsFeature;
import io.parley.features.reactions.ReactionActions.React;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.server.session.HubActions;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random sequences by several people: what is read is what a simple model says, and what clients make of events, or of
 * the changes since they were away, is what is read. Rerun with {@code -Dparley.seed=<printed seed>}.
 */
class ReactionModelIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new ReactionsFeature(config),
            new PinsFeature(config)));

    private static final int MOST_EMOJI = 50;
    private static final int MOST_OWN = 20;

    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<UUID> people = LAB.people(4);
    private final UUID room = Ids.next();
    private final List<MessageView> said = new ArrayList<>();

    /** Of each message that is there: the emoji in their order, with those who have used them in theirs. */
    private final Map<UUID, Map<String, Set<UUID>>> model = new HashMap<>();

    ReactionModelIT() {
        System.out.println("seed " + seed);
        NewConversation group =
                new NewConversation(room, "group", "Room", people.subList(1, people.size()), null, null);
        LAB.ask(ConversationActions.CREATE, room, new Create(TENANT, people.getFirst(), room, group));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String anyEmoji(int many) {
        return Character.toString(0x1F400 + random.nextInt(many));
    }

    private void say() {
        Send send = Send.text(TENANT, any(people), room, Ids.next(), "Message " + said.size());
        said.add(LAB.ask(MessageActions.SEND, room, send).message());
        model.put(send.draft().id(), new LinkedHashMap<>());
    }

    @Test
    void whatIsReadIsWhatASimpleModelSays() {
        say();
        say();
        int emoji = 55;
        for (int step = 0; step < 600; step++) {
            MessageView message = any(said);
            boolean added = random.nextInt(4) > 0;
            React asked = new React(TENANT, any(people), room, message.id(), anyEmoji(emoji), added);
            String expected = expected(asked);

            assertThat(outcome(asked)).as("step " + step + " of seed " + seed).isEqualTo(expected);
            requireModel(message, "step " + step + " of seed " + seed);
        }
    }

    private static String outcome(React asked) {
        return PersistenceLab.await(LAB.bus()
                .ask(ReactionActions.REACT, asked.conversation(), asked)
                .map(after -> String.valueOf(after.count()))
                .otherwise(refused -> "refused"));
    }

    /** Does it to the model, too. */
    private String expected(React asked) {
        Map<String, Set<UUID>> reactions = model.get(asked.message());
        Set<UUID> users = reactions.getOrDefault(asked.emoji(), Set.of());
        if (asked.added() == users.contains(asked.actor())) {
            return String.valueOf(users.size());
        }
        if (!asked.added()) {
            users.remove(asked.actor());
            if (users.isEmpty()) {
                reactions.remove(asked.emoji());
            }
            return String.valueOf(users.size());
        }
        long own = reactions.values().stream()
                .filter(some -> some.contains(asked.actor()))
                .count();
        if (own >= MOST_OWN || users.isEmpty() && reactions.size() >= MOST_EMOJI) {
            return "refused";
        }
        reactions.computeIfAbsent(asked.emoji(), first -> new LinkedHashSet<>()).add(asked.actor());
        return String.valueOf(reactions.get(asked.emoji()).size());
    }

    private void requireModel(MessageView message, String step) {
        UUID reader = any(people);
        Map<String, Set<UUID>> reactions = model.get(message.id());
        JsonNode read = tree(LAB.ask(MessageActions.GET, new MessageActions.Get(TENANT, reader, room, message.id()))
                .message());
        Map<String, List<String>> shown = new LinkedHashMap<>();
        read.path("reactions")
                .forEach(entry -> shown.put(
                        entry.get("emoji").asText(),
                        entry.get("users").valueStream().map(JsonNode::asText).toList()));
        Map<String, List<String>> expected = new LinkedHashMap<>();
        reactions.forEach((emoji, users) ->
                expected.put(emoji, users.stream().map(UUID::toString).toList()));
        assertThat(shown).as(step).containsExactlyEntriesOf(expected);
        assertThat(read.path("reacted").valueStream().map(JsonNode::asText))
                .as(step)
                .containsExactlyInAnyOrderElementsOf(reactions.keySet().stream()
                        .filter(emoji -> reactions.get(emoji).contains(reader))
                        .toList());
    }

    private static JsonNode tree(Object answer) {
        return Json.parse(Json.encode(answer).getBytes());
    }

    /** Many at once, so that they meet in calls; with everything else that changes messages. */
    @Test
    void whatClientsMakeOfEventsAndChangesIsWhatIsRead() {
        List<UUID> crowd = LAB.people(12);
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new ConversationActions.AddMembers(TENANT, people.getFirst(), room, crowd, "member"));
        UUID self = crowd.getFirst();
        DerivedView live = new DerivedView(self);
        DerivedView away = new DerivedView(self);
        DerivedView repaired = new DerivedView(self);
        say();
        for (int round = 0; round < 25; round++) {
            storm(crowd);
            LAB.frames(room).stream()
                    .sorted(Comparator.comparingLong(frame -> frame.version()))
                    .filter(frame -> frame.version() > live.version())
                    .forEach(frame -> {
                        assertThat(frame.version()).isEqualTo(live.version() + 1);
                        live.apply(LAB.content(frame));
                    });
            catchUp(away, self);
            repair(repaired, self);
            Map<Long, JsonNode> fresh = read(self);
            for (DerivedView view : List.of(live, away, repaired)) {
                requireSame(view, fresh, "round " + round + " of seed " + seed);
            }
        }
    }

    private void storm(List<UUID> crowd) {
        if (random.nextInt(3) == 0) {
            say();
        }
        List<Future<?>> asked = new ArrayList<>();
        MessageView hot = any(said);
        for (UUID person : crowd) {
            for (int i = random.nextInt(4); i > 0; i--) {
                MessageView message = random.nextBoolean() ? hot : any(said);
                React react = new React(TENANT, person, room, message.id(), anyEmoji(4), random.nextInt(3) > 0);
                asked.add(LAB.bus().ask(ReactionActions.REACT, room, react));
            }
        }
        MessageView other = any(said);
        Change change = new Change(TENANT, other.sender(), room, other.id());
        switch (random.nextInt(8)) {
            case 0 -> asked.add(LAB.bus().ask(MessageActions.DELETE, room, change));
            case 1, 2 ->
                asked.add(LAB.bus()
                        .ask(
                                MessageActions.EDIT,
                                room,
                                new Edit(
                                        TENANT,
                                        other.sender(),
                                        room,
                                        other.id(),
                                        "Anew " + random.nextInt(),
                                        null,
                                        null)));
            case 3, 4 -> asked.add(LAB.bus().ask(PinActions.PIN, room, change));
            case 5 -> asked.add(LAB.bus().ask(PinActions.UNPIN, room, change));
            default -> {}
        }
        asked.forEach(one -> PersistenceLab.await(one.otherwiseEmpty()));
    }

    private void catchUp(DerivedView view, UUID self) {
        boolean more = true;
        while (more) {
            JsonNode changes =
                    tree(LAB.ask(MessageActions.CHANGES, new ChangesSince(TENANT, self, room, view.version())));
            view.applyChanges(changes);
            more = changes.get("more").asBoolean();
        }
    }

    /** By frames that are the same for everybody; what they cannot tell is asked for. */
    private void repair(DerivedView view, UUID self) {
        HubActions.Repaired found = LAB.ask(HubActions.REPAIR, new HubActions.Repair(room, view.version()));
        JsonNode frame = Json.parse(found.frame().getBytes());
        assertThat(frame.toString()).doesNotContain("\"reacted\"");
        view.applyChanges(frame.get("result"));
        for (long number : List.copyOf(view.unsure())) {
            UUID id = UUID.fromString(view.messages().get(number).get("id").asText());
            view.put(tree(LAB.ask(MessageActions.GET, new MessageActions.Get(TENANT, self, room, id))
                    .message()));
        }
    }

    private Map<Long, JsonNode> read(UUID self) {
        Map<Long, JsonNode> fresh = new HashMap<>();
        LAB.ask(MessageActions.HISTORY, new History(TENANT, self, room, null, 0L, null, 100))
                .items()
                .forEach(message -> fresh.put(message.number(), tree(message)));
        return fresh;
    }

    private static void requireSame(DerivedView view, Map<Long, JsonNode> fresh, String when) {
        assertThat(view.messages().keySet()).as(when).isEqualTo(fresh.keySet());
        fresh.forEach((number, message) -> {
            ObjectNode shown = message.deepCopy();
            Set<String> own = new TreeSet<>();
            JsonNode reacted = shown.remove("reacted");
            if (reacted != null) {
                reacted.forEach(emoji -> own.add(emoji.asText()));
            }
            assertThat(view.messages().get(number)).as(when).isEqualTo(shown);
            assertThat(view.reacted(number)).as(when + ", own of " + number).isEqualTo(own);
        });
    }
}

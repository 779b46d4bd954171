package io.parley.features.pins;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.hiding.HidingActions;
import io.parley.features.hiding.HidingFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.ChangesSince;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.pins.PinActions.ListPins;
import io.parley.features.pins.PinActions.Pins;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pinning messages, who may, what everybody is told, and the list. */
class PinsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new HidingFeature(config),
            new PinsFeature(config)));

    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = conversation("group", owner, ada, bob);

    private static UUID conversation(String type, UUID creator, UUID... others) {
        UUID id = Ids.next();
        String name = type.equals("group") ? "Room" : null;
        NewConversation made = new NewConversation(id, type, name, List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, made));
        return id;
    }

    private MessageView say(UUID sender, String text) {
        return LAB.ask(MessageActions.SEND, room, Send.text(TENANT, sender, room, Ids.next(), text))
                .message();
    }

    private Change by(UUID actor, MessageView message) {
        return new Change(TENANT, actor, message.conversation(), message.id());
    }

    private void pin(UUID actor, MessageView message) {
        LAB.ask(PinActions.PIN, message.conversation(), by(actor, message));
    }

    private void unpin(UUID actor, MessageView message) {
        LAB.ask(PinActions.UNPIN, message.conversation(), by(actor, message));
    }

    private ErrorCode pinRefused(Change asked) {
        return LAB.refusal(PinActions.PIN, asked.conversation(), asked).code();
    }

    private ErrorCode unpinRefused(Change asked) {
        return LAB.refusal(PinActions.UNPIN, asked.conversation(), asked).code();
    }

    private Pins list(UUID reader, int limit, String cursor) {
        Pins pins = LAB.ask(PinActions.LIST, new ListPins(TENANT, reader, room, limit, cursor));
        LAB.checked("PinList", pins);
        return pins;
    }

    private List<UUID> pinned(UUID reader) {
        return list(reader, 100, null).items().stream().map(MessageView::id).toList();
    }

    private JsonNode read(UUID reader, MessageView message) {
        return plain(LAB.checked(
                "Message",
                LAB.ask(MessageActions.GET, new Get(TENANT, reader, message.conversation(), message.id()))
                        .message()));
    }

    /** As it is after a way over the wire: numbers are but numbers. */
    private static JsonNode plain(JsonNode tree) {
        return Json.parse(Json.encode(tree).getBytes());
    }

    @Test
    void aPinIsAChangeOfTheMessageAndASystemMessageTellsOfIt() {
        MessageView said = say(ada, "Where we meet");

        pin(bob, said);

        List<JsonNode> events = LAB.frames(room).stream().map(LAB::content).toList();
        JsonNode updated = events.get(events.size() - 2);
        assertThat(updated.get("type").asText()).isEqualTo("message.updated");
        assertThat(updated.get("version").asLong()).isEqualTo(said.version() + 1);
        assertThat(updated.get("actor").asText()).isEqualTo(bob.toString());
        assertThat(updated.at("/message/pinned/by").asText()).isEqualTo(bob.toString());
        assertThat(updated.at("/message/text").asText()).isEqualTo("Where we meet");
        JsonNode notice = events.getLast();
        assertThat(notice.get("type").asText()).isEqualTo("message.created");
        assertThat(notice.get("version").asLong()).isEqualTo(said.version() + 2);
        assertThat(notice.at("/message/number").asLong()).isEqualTo(said.number() + 1);
        assertThat(notice.at("/message/system/event").asText()).isEqualTo("message_pinned");
        assertThat(notice.at("/message/system/actor").asText()).isEqualTo(bob.toString());
        assertThat(notice.at("/message/system/message/id").asText())
                .isEqualTo(said.id().toString());
        assertThat(LAB.frames(room).getLast().lastNumber()).isEqualTo(said.number() + 1);
        assertThat(read(ada, said)).isEqualTo(updated.get("message"));
        MessageView told = LAB.ask(
                        MessageActions.GET,
                        new Get(
                                TENANT,
                                ada,
                                room,
                                UUID.fromString(notice.at("/message/id").asText())))
                .message();
        assertThat(plain(LAB.checked("Message", told))).isEqualTo(notice.get("message"));
        JsonNode changes = plain(LAB.checked(
                "Changes", LAB.ask(MessageActions.CHANGES, new ChangesSince(TENANT, ada, room, said.version()))));
        assertThat(changes.get("messages")).containsExactly(updated.get("message"), notice.get("message"));
        assertThat(LAB.number("SELECT unread FROM unread(?, ?, ?)", room, room, bob))
                .as("system messages do not count")
                .isEqualTo(1);
    }

    @Test
    void repeatingChangesNothing() {
        MessageView said = say(ada, "Once");
        pin(bob, said);
        int told = LAB.frames(room).size();
        JsonNode pinned = read(ada, said);

        pin(bob, said);
        pin(owner, said);
        unpin(bob, say(bob, "Never pinned"));

        assertThat(LAB.frames(room)).hasSize(told + 1);
        assertThat(read(ada, said)).isEqualTo(pinned);
    }

    @Test
    void whatIsUnpinnedIsAsItWasBefore() {
        MessageView said = say(ada, "For a while");
        pin(bob, said);

        unpin(ada, said);

        assertThat(read(ada, said).has("pinned")).isFalse();
        assertThat(pinned(ada)).isEmpty();
        JsonNode last = LAB.content(LAB.frames(room).getLast());
        assertThat(last.get("type").asText()).isEqualTo("message.updated");
        assertThat(last.at("/message/pinned").isMissingNode()).isTrue();
        pin(bob, said);
        assertThat(pinned(ada)).containsExactly(said.id());
    }

    @Test
    void aPinSurvivesEditsAndEndsWithTheMessage() {
        MessageView said = say(ada, "One");
        pin(bob, said);

        LAB.ask(MessageActions.EDIT, room, new Edit(TENANT, ada, room, said.id(), "Two", null, null));
        assertThat(read(bob, said).at("/pinned/by").asText()).isEqualTo(bob.toString());
        assertThat(list(bob, 10, null).items()).extracting(MessageView::text).containsExactly("Two");

        LAB.ask(MessageActions.DELETE, room, by(ada, said));
        assertThat(read(bob, said).has("pinned")).isFalse();
        assertThat(pinned(bob)).isEmpty();
        assertThat(pinRefused(by(bob, said))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(unpinRefused(by(bob, said))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void theListHasWhatWasPinnedLastFirst() {
        List<MessageView> said = List.of(say(ada, "One"), say(ada, "Two"), say(ada, "Three"));
        for (int i : List.of(1, 2, 0)) {
            pin(ada, said.get(i));
        }

        Pins first = list(bob, 2, null);
        Pins second = list(bob, 2, first.next());

        assertThat(first.items()).extracting(MessageView::text).containsExactly("One", "Three");
        assertThat(second.items()).extracting(MessageView::text).containsExactly("Two");
        assertThat(second.next()).isNull();
        assertThat(LAB.refusal(PinActions.LIST, new ListPins(TENANT, bob, room, 2, "x"))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void aPageOfLongMessagesIsShort() {
        for (int i = 0; i < 20; i++) {
            pin(ada, say(ada, i + " " + "x".repeat(16_000)));
        }

        Pins first = list(ada, 100, null);

        assertThat(first.items()).hasSize(16);
        assertThat(list(ada, 100, first.next()).items()).hasSize(4);
    }

    @Test
    void thereAreAHundredAtMost() {
        List<MessageView> said = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            said.add(say(ada, "Number " + i));
        }
        said.subList(0, 100).forEach(message -> pin(ada, message));

        assertThat(pinRefused(by(ada, said.get(100)))).isEqualTo(ErrorCode.CONFLICT);
        unpin(bob, said.getFirst());
        pin(ada, said.get(100));
        assertThat(pinned(bob)).hasSize(100);
    }

    @Test
    void whoMayNotDoesNot() {
        MessageView said = say(ada, "Here");
        pin(owner, said);
        MessageView other = say(ada, "There");

        for (Change asked : List.of(
                by(stranger, other),
                new Change(Ids.next(), ada, room, other.id()),
                new Change(TENANT, ada, room, Ids.next()))) {
            assertThat(pinRefused(asked)).isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(unpinRefused(by(stranger, said))).isEqualTo(ErrorCode.NOT_FOUND);
        for (ListPins asked : List.of(
                new ListPins(TENANT, stranger, room, 10, null), new ListPins(Ids.next(), ada, room, 10, null))) {
            assertThat(LAB.refusal(PinActions.LIST, asked).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        LAB.update("UPDATE members SET silenced_until = now() + interval '1 hour' WHERE user_id = ?", ada);
        assertThat(pinRefused(by(ada, other))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(unpinRefused(by(ada, said))).isEqualTo(ErrorCode.FORBIDDEN);
        LAB.update("UPDATE conversations SET permissions = '{\"pin\": 2}' WHERE id = ?", room);
        assertThat(pinRefused(by(bob, other))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(unpinRefused(by(bob, said))).isEqualTo(ErrorCode.FORBIDDEN);
        pin(owner, other);
    }

    @Test
    void systemMessagesAreNotPinned() {
        pin(ada, say(ada, "Pinned"));
        UUID notice = LAB.column(
                        UUID.class, "SELECT id FROM messages WHERE conversation_id = ? AND type = 'system'", room)
                .getFirst();

        assertThat(pinRefused(new Change(TENANT, owner, room, notice))).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void bothPinInADirectConversation() {
        UUID direct = conversation("direct", ada, bob);
        MessageView said = LAB.ask(MessageActions.SEND, direct, Send.text(TENANT, ada, direct, Ids.next(), "Us"))
                .message();

        pin(bob, said);

        assertThat(read(ada, said).at("/pinned/by").asText()).isEqualTo(bob.toString());
    }

    @Test
    void whatSomebodyHasHiddenIsNotOnHisList() {
        MessageView hidden = say(ada, "Hidden");
        pin(ada, hidden);

        LAB.ask(HidingActions.HIDE, new HidingActions.Hide(TENANT, bob, room, List.of(hidden.id())));

        assertThat(pinned(bob)).isEmpty();
        assertThat(pinned(ada)).containsExactly(hidden.id());
    }

    @Test
    void whatWasBeforeOnesJoiningIsNotOnOnesList() {
        LAB.update("UPDATE conversations SET history = 'since_join' WHERE id = ?", room);
        MessageView before = say(ada, "Before");
        pin(ada, before);
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, owner, room, List.of(stranger), "member"));
        MessageView after = say(ada, "After");
        pin(ada, after);

        assertThat(pinned(stranger)).containsExactly(after.id());
        assertThat(pinned(bob)).containsExactly(after.id(), before.id());
        assertThat(unpinRefused(by(stranger, before))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void theInterfaceReachesAllOfIt() {
        RestLab rest = new RestLab(new PinsFeature(ConfigLoader.load(null, Map.of())));
        MessageView said = say(ada, "By REST");
        Map<String, Object> one = Map.of("conversationId", room, "messageId", said.id());

        assertThat(rest.call(LAB, bob, "pinMessage", one, "").status()).isEqualTo(204);
        JsonNode pins = rest.checked(
                "PinList", rest.call(LAB, ada, "listPins", Map.of("conversationId", room, "limit", 1), ""));
        assertThat(pins.at("/items/0/id").asText()).isEqualTo(said.id().toString());
        assertThat(rest.call(LAB, bob, "unpinMessage", one, "").status()).isEqualTo(204);
        assertThat(pinned(bob)).isEmpty();
    }
}

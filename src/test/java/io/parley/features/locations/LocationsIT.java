package io.parley.features.locations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Frame;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.locations.LocationActions.Live;
import io.parley.features.locations.LocationActions.Move;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageDraft;
import io.parley.features.messages.MessageDraft.NewLocation;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Live locations: who may tell them, what is passed on, what is stored, how they end. */
class LocationsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new LocationsFeature(config)));

    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = group(bob, ada);

    private static UUID group(UUID creator, UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, group));
        return id;
    }

    private MessageView say(@Nullable Instant liveUntil) {
        NewLocation place = new NewLocation(51.5, -0.25, "Here", liveUntil);
        MessageDraft draft =
                new MessageDraft(Ids.next(), "location", null, null, null, null, null, null, null, place, null, null);
        return LAB.ask(MessageActions.SEND, room, new Send(TENANT, ada, room, draft, 0))
                .message();
    }

    private MessageView live() {
        return say(Instant.now().plus(Duration.ofHours(1)));
    }

    private Move to(UUID actor, MessageView message, double latitude) {
        return new Move(TENANT, actor, room, message.id(), latitude, 13.4);
    }

    private Live move(MessageView message, double latitude) {
        return LAB.ask(LocationActions.MOVE, room, to(ada, message, latitude));
    }

    /** As soon as it is his turn. */
    private Live moveInTurn(MessageView message, double latitude) {
        return Awaitility.await().ignoreExceptions().until(() -> move(message, latitude), moved -> true);
    }

    private AppError refused(UUID actor, MessageView message) {
        return LAB.refusal(LocationActions.MOVE, room, to(actor, message, 1));
    }

    private Change stop(UUID actor, MessageView message) {
        return new Change(TENANT, actor, room, message.id());
    }

    private JsonNode read(MessageView message) {
        return LAB.checked(
                "Message",
                LAB.ask(MessageActions.GET, new Get(TENANT, bob, room, message.id()))
                        .message());
    }

    private long version() {
        return LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", room);
    }

    @Test
    void theFirstPlaceIsStoredAndTheNextIsPassedOnWithoutAVersion() {
        MessageView said = live();

        Live first = move(said, 52.25);
        assertThat(version()).isEqualTo(said.version() + 1);
        assertThat(read(said).at("/live/latitude").asDouble()).isEqualTo(52.25);
        assertThat(read(said).at("/live/at").asText()).isEqualTo(first.at().toString());
        assertThat(read(said).at("/location/latitude").asDouble()).isEqualTo(51.5);
        assertThat(LAB.content(LAB.frames(room).getLast()).get("type").asText()).isEqualTo("message.updated");
        long journal = LAB.number("SELECT count(*) FROM journal");

        Live second = moveInTurn(said, 53.25);

        assertThat(version()).isEqualTo(said.version() + 1);
        assertThat(LAB.number("SELECT count(*) FROM journal")).isEqualTo(journal);
        assertThat(read(said).at("/live/latitude").asDouble()).isEqualTo(52.25);
        Awaitility.await()
                .untilAsserted(() -> assertThat(LAB.passingFrames(room)).hasSize(1));
        Frame passed = LAB.passingFrames(room).getFirst();
        JsonNode event = LAB.content(passed);
        assertThat(event.get("type").asText()).isEqualTo("location.moved");
        assertThat(event.get("number").asLong()).isEqualTo(said.number());
        assertThat(event.at("/live/latitude").asDouble()).isEqualTo(53.25);
        assertThat(second.at()).isAfter(first.at());
    }

    @Test
    void afterHalfAMinuteAPlaceIsStoredAgainWithoutHistory() {
        MessageView said = live();
        move(said, 52.25);
        LAB.update(
                "UPDATE messages SET state = jsonb_set(state, '{live,at}', to_jsonb(iso_time(now() - interval '31 seconds')))"
                        + " WHERE id = ?",
                said.id());

        moveInTurn(said, 53.25);

        assertThat(version()).isEqualTo(said.version() + 2);
        JsonNode read = read(said);
        assertThat(read.at("/live/latitude").asDouble()).isEqualTo(53.25);
        assertThat(read.has("editedAt")).isFalse();
        assertThat(LAB.number("SELECT count(*) FROM message_edits WHERE conversation_id = ?", room))
                .isZero();
        // Events applied to what was there before give what a fresh read gives.
        ObjectNode held = (ObjectNode) LAB.content(LAB.frames(room).getLast()).get("message");
        assertThat(held).hasToString(read.toString());
    }

    @Test
    void soonerIsTooOften() {
        MessageView said = live();
        move(said, 52.25);

        AppError refused = refused(ada, said);

        assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(refused.retryAfterMs()).isBetween(1L, 2_000L);
        move(live(), 52.5);
    }

    @Test
    void onlyItsSenderMovesAndStopsIt() {
        MessageView said = live();
        MessageView other = live();
        MessageView last = live();

        assertThat(refused(bob, said).code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refused(stranger, said).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(LocationActions.MOVE, room, new Move(Ids.next(), ada, room, said.id(), 1, 1))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(LocationActions.STOP, room, stop(bob, said)).code())
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(LAB.refusal(LocationActions.STOP, room, stop(stranger, said)).code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        LAB.update("UPDATE members SET silenced_until = 'infinity' WHERE user_id = ?", ada);
        assertThat(refused(ada, other).code()).isEqualTo(ErrorCode.FORBIDDEN);
        LAB.ask(LocationActions.STOP, room, stop(ada, other));
        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, ada, room, ada));
        assertThat(refused(ada, last).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whatIsOverOrWasNeverLiveIsNotMoved() {
        MessageView soon = say(Instant.now().plusMillis(300));
        assertThat(refused(ada, say(null)).code()).isEqualTo(ErrorCode.CONFLICT);
        MessageView text = LAB.ask(MessageActions.SEND, room, Send.text(TENANT, ada, room, Ids.next(), "No place"))
                .message();
        assertThat(refused(ada, text).code()).isEqualTo(ErrorCode.NOT_FOUND);
        Awaitility.await()
                .until(() -> LAB.number(
                                "SELECT count(*) FROM messages WHERE id = ? AND clock_timestamp() >"
                                        + " (content::jsonb -> 'location' ->> 'liveUntil')::timestamptz",
                                soon.id())
                        == 1);
        assertThat(refused(ada, soon).code()).isEqualTo(ErrorCode.CONFLICT);
        MessageView gone = live();
        LAB.ask(MessageActions.DELETE, room, stop(ada, gone));
        assertThat(refused(ada, gone).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void stoppingKeepsTheLastPlaceAndHappensOnce() {
        MessageView said = live();
        move(said, 52.25);

        LAB.ask(LocationActions.STOP, room, stop(ada, said));

        JsonNode read = read(said);
        assertThat(read.at("/live/latitude").asDouble()).isEqualTo(52.25);
        assertThat(read.at("/live/stoppedAt").isTextual()).isTrue();
        long before = version();
        LAB.ask(LocationActions.STOP, room, stop(ada, said));
        assertThat(version()).isEqualTo(before);
        Awaitility.await()
                .untilAsserted(() -> assertThat(refused(ada, said).code()).isEqualTo(ErrorCode.CONFLICT));
        MessageView never = live();
        LAB.ask(LocationActions.STOP, room, stop(ada, never));
        assertThat(read(never).at("/live/latitude").asDouble()).isEqualTo(51.5);
    }

    @Test
    void inLargeConversationsPlacesAreStoredButNotPassedOn() {
        List<UUID> crowd = LAB.people(255);
        LAB.ask(ConversationActions.ADD_MEMBERS, room, new AddMembers(TENANT, bob, room, crowd, "member"));
        MessageView said = live();
        move(said, 52.25);

        moveInTurn(said, 53.25);
        moveInTurn(live(), 54.25);

        assertThat(LAB.passingFrames(room)).isEmpty();
        assertThat(read(said).at("/live/latitude").asDouble()).isEqualTo(52.25);
    }

    @Test
    void forwardedItIsTheLastPlaceAndLiveNoMore() {
        MessageView said = live();
        move(said, 52.25);
        MessageDraft draft = new MessageDraft(
                Ids.next(), "forward", null, null, null, new MessageDraft.Source(room, said.id()), null, null);

        MessageView copy = LAB.ask(MessageActions.SEND, room, new Send(TENANT, bob, room, draft, 0))
                .message();

        JsonNode read = read(copy);
        assertThat(read.get("location")).hasToString("{\"latitude\":52.25,\"longitude\":13.4}");
        assertThat(read.has("live")).isFalse();
        assertThat(refused(bob, copy).code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void overTheInterfaceItIsTheSame() {
        RestLab rest = new RestLab(new LocationsFeature(ConfigLoader.load(null, Map.of())));
        Map<String, Object> path = Map.of("conversationId", room, "messageId", live().id());

        JsonNode moved = rest.checked(
                "LiveLocation", rest.call(LAB, ada, "moveLocation", path, "{\"latitude\":1,\"longitude\":2}"));
        assertThat(moved.get("latitude").asDouble()).isEqualTo(1);
        rest.call(LAB, ada, "stopLocation", path, "");
        assertThat(rest.refusal(LAB, bob, "stopLocation", path, "").code()).isEqualTo(ErrorCode.FORBIDDEN);
    }
}

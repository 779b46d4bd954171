package io.parley.features.reactions;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.ChangesSince;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.History;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.reactions.ReactionActions.Favourites;
import io.parley.features.reactions.ReactionActions.ListFavourites;
import io.parley.features.reactions.ReactionActions.ListReactors;
import io.parley.features.reactions.ReactionActions.React;
import io.parley.features.reactions.ReactionActions.Reaction;
import io.parley.features.reactions.ReactionActions.Reactor;
import io.parley.features.reactions.ReactionActions.Reactors;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.threads.ThreadActions;
import io.parley.features.threads.ThreadsFeature;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may react, what everybody is told of it, and what is read of it. */
class ReactionsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new ThreadsFeature(config),
            new ReactionsFeature(config)));

    private static final String HEART = "❤️";
    private static final String THUMB = "👍";

    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = group(owner, ada, bob);

    private static UUID group(UUID creator, UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, group));
        return id;
    }

    private MessageView say(UUID sender) {
        return LAB.ask(MessageActions.SEND, room, Send.text(TENANT, sender, room, Ids.next(), "Hello"))
                .message();
    }

    private React add(UUID actor, MessageView message, String emoji) {
        return new React(TENANT, actor, room, message.id(), emoji, true);
    }

    private React remove(UUID actor, MessageView message, String emoji) {
        return new React(TENANT, actor, room, message.id(), emoji, false);
    }

    private Reaction react(React asked) {
        return LAB.ask(ReactionActions.REACT, asked.conversation(), asked);
    }

    private ErrorCode refused(React asked) {
        return LAB.refusal(ReactionActions.REACT, asked.conversation(), asked).code();
    }

    private JsonNode read(UUID reader, MessageView message) {
        return LAB.checked(
                "Message",
                LAB.ask(MessageActions.GET, new Get(TENANT, reader, room, message.id()))
                        .message());
    }

    private long version() {
        return LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", room);
    }

    private List<JsonNode> events() {
        return LAB.frames(room).stream().map(LAB::content).toList();
    }

    private static List<String> words(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    @Test
    void ofWhatSomebodyHasHiddenFromHimselfNoReactionsAreListed() {
        MessageView said = say(ada);
        react(add(ada, said, HEART));

        LAB.column(String.class, "SELECT (hide_messages(?, ?, ?, ARRAY[?], 9)).outcome", TENANT, bob, room, said.id());

        assertThat(LAB.refusal(ReactionActions.LIST, list(bob, said, null, 10, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.ask(ReactionActions.LIST, list(ada, said, null, 10, null))
                        .items())
                .hasSize(1);
    }

    @Test
    void aReactionIsSeenByAllAndToldToAll() {
        MessageView said = say(ada);

        Reaction after = react(add(bob, said, HEART));

        LAB.checked("Reaction", after);
        assertThat(after).isEqualTo(new Reaction(HEART, 1, List.of(bob)));
        JsonNode event = events().getLast();
        assertThat(event.get("type").asText()).isEqualTo("reaction.added");
        assertThat(event.get("version").asLong()).isEqualTo(version()).isEqualTo(said.version() + 1);
        assertThat(event.get("message").asText()).isEqualTo(said.id().toString());
        assertThat(event.get("number").asLong()).isEqualTo(said.number());
        assertThat(event.get("emoji").asText()).isEqualTo(HEART);
        assertThat(words(event.get("actors"))).containsExactly(bob.toString());
        assertThat(event.get("count").asInt()).isEqualTo(1);
        JsonNode message = read(ada, said);
        assertThat(message.get("version").asLong()).isEqualTo(said.version() + 1);
        assertThat(message.at("/reactions/0/emoji").asText()).isEqualTo(HEART);
        assertThat(words(message.at("/reactions/0/users"))).containsExactly(bob.toString());
        assertThat(message.get("text").asText()).isEqualTo("Hello");
        assertThat(LAB.frames(room).getLast().lastNumber()).isEqualTo(said.number());
    }

    @Test
    void repeatingChangesNothingAndTellsNobody() {
        MessageView said = say(ada);
        react(add(bob, said, HEART));
        long version = version();
        int told = LAB.frames(room).size();

        assertThat(react(add(bob, said, HEART)).count()).isEqualTo(1);
        assertThat(react(remove(ada, said, HEART)).count()).isEqualTo(1);
        assertThat(react(remove(ada, said, THUMB)).count()).isZero();

        assertThat(version()).isEqualTo(version);
        assertThat(LAB.frames(room)).hasSize(told);
    }

    @Test
    void theLastToTakeItBackTakesTheEmojiAway() {
        MessageView said = say(ada);
        react(add(ada, said, HEART));
        react(add(bob, said, HEART));

        assertThat(react(remove(ada, said, HEART))).isEqualTo(new Reaction(HEART, 1, List.of(bob)));
        assertThat(react(remove(bob, said, HEART))).isEqualTo(new Reaction(HEART, 0, List.of()));

        JsonNode event = events().getLast();
        assertThat(event.get("type").asText()).isEqualTo("reaction.removed");
        assertThat(event.get("count").asInt()).isZero();
        assertThat(read(ada, said).has("reactions")).isFalse();
    }

    @Test
    void theOrderIsThatOfFirstUse() {
        MessageView said = say(ada);
        for (String emoji : List.of("🔥", HEART, THUMB)) {
            react(add(ada, said, emoji));
        }
        react(add(bob, said, THUMB));
        react(remove(ada, said, "🔥"));
        react(add(bob, said, "🔥"));

        assertThat(read(bob, said)
                        .get("reactions")
                        .valueStream()
                        .map(reaction -> reaction.get("emoji").asText()))
                .containsExactly(HEART, THUMB, "🔥");
    }

    @Test
    void eachReaderIsToldWhatHeHasReactedHimselfAndNobodyElseIs() {
        MessageView said = say(ada);
        MessageView other = say(ada);
        react(add(bob, said, THUMB));
        react(add(bob, said, HEART));
        react(add(ada, said, HEART));

        assertThat(words(read(bob, said).get("reacted"))).containsExactly(THUMB, HEART);
        assertThat(words(read(owner, said).get("reacted"))).isEmpty();
        assertThat(read(bob, other).has("reacted")).isFalse();
        MessageActions.Page page =
                LAB.ask(MessageActions.HISTORY, new History(TENANT, ada, room, null, null, null, 50));
        JsonNode history = LAB.checked("MessageList", page);
        assertThat(words(history.at("/items/0/reacted"))).containsExactly(HEART);
        JsonNode changes = LAB.checked(
                "Changes", LAB.ask(MessageActions.CHANGES, new ChangesSince(TENANT, bob, room, said.version())));
        assertThat(words(changes.at("/messages/0/reacted"))).containsExactly(THUMB, HEART);
        for (Frame frame : LAB.frames(room)) {
            assertThat(LAB.content(frame).toString()).doesNotContain("reacted");
        }
    }

    @Test
    void anEditKeepsTheReactionsAndADeletionEndsThem() {
        MessageView said = say(ada);
        react(add(bob, said, HEART));

        LAB.ask(MessageActions.EDIT, room, new Edit(TENANT, ada, room, said.id(), "Hello!", null, null));
        assertThat(read(bob, said).at("/reactions/0/count").asInt()).isEqualTo(1);
        assertThat(events().getLast().at("/message/reactions/0/count").asInt()).isEqualTo(1);

        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, said.id()));
        assertThat(read(bob, said).has("reactions")).isFalse();
        assertThat(LAB.number("SELECT count(*) FROM reactions WHERE conversation_id = ?", room))
                .isZero();
        for (React asked : List.of(add(bob, said, HEART), remove(bob, said, HEART))) {
            assertThat(refused(asked)).isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(LAB.refusal(ReactionActions.LIST, list(bob, said, null, 10, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void nobodyReactsToSystemMessages() {
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, owner, room, List.of(stranger), "member"));
        UUID notice = LAB.column(
                        UUID.class, "SELECT id FROM messages WHERE conversation_id = ? AND type = 'system'", room)
                .getFirst();

        assertThat(refused(new React(TENANT, ada, room, notice, HEART, true))).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void whoIsNotThereSeesNothingToReactTo() {
        MessageView said = say(ada);
        react(add(bob, said, HEART));

        for (React asked : List.of(
                add(stranger, said, HEART),
                remove(stranger, said, HEART),
                new React(Ids.next(), ada, room, said.id(), HEART, true),
                new React(TENANT, ada, room, Ids.next(), HEART, true),
                new React(TENANT, ada, Ids.next(), said.id(), HEART, true))) {
            assertThat(refused(asked)).isEqualTo(ErrorCode.NOT_FOUND);
        }
        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, owner, room, bob));
        assertThat(refused(add(bob, said, THUMB))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(remove(bob, said, HEART))).isEqualTo(ErrorCode.NOT_FOUND);
        for (ListReactors asked : List.of(
                list(bob, said, null, 10, null),
                list(stranger, said, HEART, 10, null),
                new ListReactors(Ids.next(), ada, room, said.id(), null, 10, null))) {
            assertThat(LAB.refusal(ReactionActions.LIST, asked).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(read(ada, said).at("/reactions/0/count").asInt()).isEqualTo(1);
    }

    @Test
    void whatWasBeforeOnesJoiningIsNotReactedTo() {
        LAB.update("UPDATE conversations SET history = 'since_join' WHERE id = ?", room);
        MessageView before = say(ada);
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, owner, room, List.of(stranger), "member"));
        MessageView after = say(ada);

        assertThat(refused(add(stranger, before, HEART))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(react(add(stranger, after, HEART)).count()).isEqualTo(1);
        assertThat(LAB.refusal(ReactionActions.LIST, list(stranger, before, null, 10, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    /** What he has said before, he may take back. */
    @Test
    void whoIsSilencedAddsNothing() {
        MessageView said = say(ada);
        react(add(bob, said, HEART));
        LAB.update("UPDATE members SET silenced_until = now() + interval '1 hour' WHERE user_id = ?", bob);

        assertThat(refused(add(bob, said, THUMB))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(react(add(bob, said, HEART)).count()).isEqualTo(1);
        assertThat(react(remove(bob, said, HEART)).count()).isZero();
        assertThat(refused(add(bob, said, HEART))).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void aConversationSaysWhoReacts() {
        MessageView said = say(ada);
        LAB.update("UPDATE conversations SET permissions = '{\"react\": 2}' WHERE id = ?", room);

        assertThat(refused(add(ada, said, HEART))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(react(add(owner, said, HEART)).count()).isEqualTo(1);
    }

    /** Who may read the root may react in its threads, whether he follows them or not. */
    @Test
    void inAThreadTheRightsAreThoseOfItsRoot() {
        MessageView said = say(ada);
        UUID thread = Ids.next();
        LAB.ask(ThreadActions.OPEN, room, new ThreadActions.Open(TENANT, bob, room, said.id(), thread));
        UUID reply = Ids.next();
        LAB.ask(MessageActions.SEND, thread, Send.text(TENANT, bob, thread, reply, "A reply"));

        assertThat(react(new React(TENANT, owner, thread, reply, HEART, true)).count())
                .isEqualTo(1);
        JsonNode event = LAB.content(LAB.frames(thread).getLast());
        assertThat(event.get("type").asText()).isEqualTo("reaction.added");
        assertThat(event.get("number").asLong()).isEqualTo(1);
        assertThat(refused(new React(TENANT, stranger, thread, reply, HEART, true)))
                .isEqualTo(ErrorCode.NOT_FOUND);
        LAB.update("UPDATE conversations SET permissions = '{\"react\": 2}' WHERE id = ?", room);
        assertThat(refused(new React(TENANT, ada, thread, reply, HEART, true))).isEqualTo(ErrorCode.FORBIDDEN);
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, said.id()));
        assertThat(refused(new React(TENANT, owner, thread, reply, THUMB, true)))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void onePersonPutsTwentyOnAMessageAndAllTogetherFifty() {
        MessageView said = say(ada);
        List<String> many = manyEmoji(51);
        for (String emoji : many.subList(0, 20)) {
            react(add(ada, said, emoji));
        }
        assertThat(refused(add(ada, said, many.get(20)))).isEqualTo(ErrorCode.CONFLICT);
        for (String emoji : many.subList(20, 40)) {
            react(add(bob, said, emoji));
        }
        for (String emoji : many.subList(40, 50)) {
            react(add(owner, said, emoji));
        }

        AppError refused = LAB.refusal(ReactionActions.REACT, room, add(owner, said, many.get(50)));

        assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refused.detail()).contains("50");
        assertThat(react(add(owner, said, many.getFirst())).count()).isEqualTo(2);
        react(remove(ada, said, many.get(1)));
        assertThat(react(add(owner, said, many.get(50))).count()).isEqualTo(1);
        assertThat(read(ada, said).get("reactions")).hasSize(50);
    }

    private static List<String> manyEmoji(int count) {
        List<String> emoji = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            emoji.add(Character.toString(0x1F400 + i));
        }
        return emoji;
    }

    /** Many at once are few events, each with a version, and together they tell everything. */
    @Test
    void manyAtOnceAreFewEvents() {
        List<UUID> crowd = LAB.people(200);
        LAB.ask(ConversationActions.ADD_MEMBERS, room, new AddMembers(TENANT, owner, room, crowd, "member"));
        MessageView said = say(ada);
        int before = LAB.frames(room).size();

        List<Future<Reaction>> asked = crowd.stream()
                .map(person -> LAB.bus().ask(ReactionActions.REACT, room, add(person, said, HEART)))
                .toList();
        asked.forEach(PersistenceLab::await);

        List<JsonNode> told = events().subList(before, LAB.frames(room).size());
        assertThat(told).hasSizeLessThan(100);
        assertThat(told.stream().flatMap(event -> words(event.get("actors")).stream()))
                .containsExactlyInAnyOrderElementsOf(
                        crowd.stream().map(UUID::toString).toList());
        assertThat(told.getLast().get("count").asInt()).isEqualTo(200);
        assertThat(told.getLast().get("users")).hasSize(5);
        assertThat(told.getLast().get("version").asLong()).isEqualTo(version());
        assertThat(version()).isEqualTo(said.version() + told.size());
        assertThat(read(ada, said).get("reactions").toString()).contains("\"count\":200");
    }

    private ListReactors list(UUID reader, MessageView message, String emoji, int limit, String cursor) {
        return new ListReactors(TENANT, reader, room, message.id(), emoji, limit, cursor);
    }

    @Test
    void whoHasReactedIsListedPageByPage() {
        MessageView said = say(ada);
        for (UUID person : List.of(owner, ada, bob)) {
            react(add(person, said, HEART));
        }
        react(add(bob, said, THUMB));

        Reactors first = LAB.ask(ReactionActions.LIST, list(ada, said, HEART, 2, null));
        Reactors second = LAB.ask(ReactionActions.LIST, list(ada, said, HEART, 2, first.next()));
        Reactors all = LAB.ask(ReactionActions.LIST, list(ada, said, null, 3, null));
        Reactors rest = LAB.ask(ReactionActions.LIST, list(ada, said, null, 3, all.next()));
        Reactors none = LAB.ask(ReactionActions.LIST, list(ada, said, "🔥", 2, null));

        LAB.checked("ReactorList", first);
        assertThat(first.items()).extracting(Reactor::user).containsExactly(owner, ada);
        assertThat(second.items()).extracting(Reactor::user).containsExactly(bob);
        assertThat(second.next()).isNull();
        assertThat(all.items()).extracting(Reactor::emoji).containsOnly(HEART);
        assertThat(rest.items()).extracting(Reactor::emoji).containsExactly(THUMB);
        assertThat(none.items()).isEmpty();
        assertThat(first.items().getFirst().at()).isAfterOrEqualTo(said.createdAt());
        assertThat(LAB.refusal(ReactionActions.LIST, list(ada, said, HEART, 2, "x"))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void favouritesAreWhatOneUsesMostAndThenWhatOthersDo() {
        Favourites fresh = LAB.ask(ReactionActions.FAVOURITES, new ListFavourites(TENANT, stranger));
        for (int i = 0; i < 3; i++) {
            react(add(ada, say(bob), "🐙"));
        }
        MessageView last = say(bob);
        react(add(ada, last, "🔥"));
        react(add(ada, last, "🦊"));

        Favourites own = LAB.ask(ReactionActions.FAVOURITES, new ListFavourites(TENANT, ada));

        LAB.checked("FavouriteReactions", own);
        assertThat(fresh.items()).hasSize(10).doesNotHaveDuplicates().startsWith(THUMB, HEART);
        assertThat(own.items()).hasSize(10).doesNotHaveDuplicates().startsWith("🐙", "🦊", "🔥", THUMB);
        assertThat(LAB.ask(ReactionActions.FAVOURITES, new ListFavourites(TENANT, bob)))
                .isEqualTo(fresh);
    }

    @Test
    void overTheInterfaceSpellingsOfAnEmojiAreOne() {
        RestLab rest = new RestLab(new ReactionsFeature(ConfigLoader.load(null, Map.of())));
        MessageView said = say(ada);
        Map<String, Object> bare = Map.of("conversationId", room, "messageId", said.id(), "emoji", "\u2764");

        JsonNode added = rest.checked("Reaction", rest.call(LAB, bob, "addReaction", bare, ""));
        assertThat(added.get("emoji").asText()).isEqualTo(HEART);
        JsonNode listed = rest.checked("ReactorList", rest.call(LAB, ada, "listReactions", bare, ""));
        assertThat(listed.get("items")).hasSize(1);
        Map<String, Object> qualified = Map.of("conversationId", room, "messageId", said.id(), "emoji", HEART);
        JsonNode removed = rest.checked("Reaction", rest.call(LAB, bob, "removeReaction", qualified, ""));
        assertThat(removed.get("count").asInt()).isZero();
        JsonNode favourites =
                rest.checked("FavouriteReactions", rest.call(LAB, bob, "listFavouriteReactions", Map.of(), ""));
        assertThat(favourites.get("items")).hasSize(10);
    }
}

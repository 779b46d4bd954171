package io.parley.features.polls;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
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
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageDraft;
import io.parley.features.messages.MessageDraft.NewPoll;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.polls.PollActions.Close;
import io.parley.features.polls.PollActions.ListVoters;
import io.parley.features.polls.PollActions.Results;
import io.parley.features.polls.PollActions.Vote;
import io.parley.features.polls.PollActions.Voted;
import io.parley.features.polls.PollActions.Voter;
import io.parley.features.polls.PollActions.Voters;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may vote and close, what everybody is told of it, and what nobody is. */
class PollsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new PollsFeature()));

    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = group(owner, ada, bob);
    private final PollClosing closing = new PollClosing(LAB.bus(), new PollStore(LAB.database()));

    private static UUID group(UUID creator, UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, creator, id, group));
        return id;
    }

    private MessageView ask(boolean multiple, boolean anonymous, @Nullable Instant closesAt) {
        NewPoll poll = new NewPoll("When?", List.of("a", "b", "c"), multiple, anonymous, closesAt);
        MessageDraft draft =
                new MessageDraft(Ids.next(), "poll", null, null, null, null, null, null, null, null, null, poll);
        return LAB.ask(MessageActions.SEND, room, new Send(TENANT, ada, room, draft, 0))
                .message();
    }

    private MessageView ask() {
        return ask(false, false, null);
    }

    private Vote of(UUID actor, MessageView poll, Integer... options) {
        return new Vote(TENANT, actor, room, poll.id(), List.of(options));
    }

    private Voted vote(UUID actor, MessageView poll, Integer... options) {
        return LAB.ask(PollActions.VOTE, room, of(actor, poll, options));
    }

    private ErrorCode refused(UUID actor, MessageView poll, Integer... options) {
        return LAB.refusal(PollActions.VOTE, room, of(actor, poll, options)).code();
    }

    private void close(UUID actor, MessageView poll) {
        LAB.ask(PollActions.CLOSE, room, new Close(TENANT, actor, room, poll.id()));
    }

    private ErrorCode closeRefused(UUID actor, MessageView poll) {
        return LAB.refusal(PollActions.CLOSE, room, new Close(TENANT, actor, room, poll.id()))
                .code();
    }

    private JsonNode read(UUID reader, MessageView message) {
        return LAB.checked(
                "Message",
                LAB.ask(MessageActions.GET, new Get(TENANT, reader, room, message.id()))
                        .message());
    }

    private Voters voters(UUID reader, MessageView poll, @Nullable Integer option, int limit, @Nullable String cursor) {
        return LAB.ask(PollActions.VOTERS, new ListVoters(TENANT, reader, room, poll.id(), option, limit, cursor));
    }

    private long version() {
        return LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", room);
    }

    private List<JsonNode> events() {
        return LAB.frames(room).stream().map(LAB::content).toList();
    }

    private static Results counted(int voters, Integer... counts) {
        return new Results(List.of(counts), voters, null, null);
    }

    @Test
    void aVoteIsCountedAndToldToAllWithoutTheVoter() {
        MessageView poll = ask();

        Voted after = vote(bob, poll, 1);

        LAB.checked("CountedVote", after);
        assertThat(after).isEqualTo(new Voted(counted(1, 0, 1, 0), List.of(1)));
        JsonNode event = events().getLast();
        assertThat(event.get("type").asText()).isEqualTo("poll.results");
        assertThat(event.get("version").asLong()).isEqualTo(version()).isEqualTo(poll.version() + 1);
        assertThat(event.get("results")).hasToString(Json.text(after.results()));
        assertThat(event.toString()).doesNotContain(bob.toString());
        assertThat(read(bob, poll).get("voted")).hasToString("[1]");
        assertThat(read(owner, poll).get("voted")).hasToString("[]");
        PersonalFrame own = LAB.personalFrames(bob).getLast();
        assertThat(own.userVersion()).isZero();
        assertThat(LAB.content(own).get("voted")).hasToString("[1]");
        assertThat(LAB.content(own).get("countedWith").asLong()).isEqualTo(version());
    }

    @Test
    void aVoteIsChangedTakenBackAndRepeatedWithoutHarm() {
        MessageView poll = ask(true, false, null);
        vote(bob, poll, 0, 1);
        vote(owner, poll, 1);

        assertThat(vote(bob, poll, 1, 2).results()).isEqualTo(counted(2, 0, 2, 1));
        long before = version();
        assertThat(vote(bob, poll, 1, 2).results()).isEqualTo(counted(2, 0, 2, 1));
        assertThat(version()).isEqualTo(before);
        assertThat(vote(bob, poll).results()).isEqualTo(counted(1, 0, 1, 0));
        assertThat(vote(bob, poll).results()).isEqualTo(counted(1, 0, 1, 0));
        assertThat(version()).isEqualTo(before + 1);
        assertThat(read(bob, poll).get("voted")).hasToString("[]");
    }

    @Test
    void whatThePollDoesNotOfferCannotBeChosen() {
        MessageView poll = ask();

        assertThat(refused(bob, poll, 0, 1)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refused(bob, poll, 3)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refused(bob, poll, -1)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(version()).isEqualTo(poll.version());
        MessageView text = LAB.ask(MessageActions.SEND, room, Send.text(TENANT, ada, room, Ids.next(), "No poll"))
                .message();
        assertThat(refused(bob, text, 0)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(closeRefused(ada, text)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whoMayNotReadItFindsNoPollAndWhoIsSilencedMayOnlyTakeHisVoteBack() {
        MessageView poll = ask();
        vote(bob, poll, 0);

        assertThat(refused(stranger, poll, 0)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(closeRefused(stranger, poll)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(PollActions.VOTERS, new ListVoters(TENANT, stranger, room, poll.id(), null, 9, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        UUID elsewhere = Ids.next();
        assertThat(LAB.refusal(PollActions.VOTE, room, new Vote(elsewhere, bob, room, poll.id(), List.of(1)))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(PollActions.VOTERS, new ListVoters(elsewhere, bob, room, poll.id(), null, 9, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        LAB.update("UPDATE members SET silenced_until = 'infinity' WHERE user_id = ?", bob);
        assertThat(refused(bob, poll, 1)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(vote(bob, poll).results()).isEqualTo(counted(0, 0, 0, 0));
        LAB.update("UPDATE conversations SET permissions = '{\"react\": 2}' WHERE id = ?", room);
        assertThat(refused(ada, poll, 1)).isEqualTo(ErrorCode.FORBIDDEN);
        vote(owner, poll, 2);
        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, owner, room, bob));
        assertThat(refused(bob, poll, 0)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whomARoleOfHisLetsReactMayVote() {
        MessageView poll = ask();
        LAB.update("UPDATE conversations SET permissions = '{\"react\": 2}' WHERE id = ?", room);
        assertThat(refused(bob, poll, 1)).isEqualTo(ErrorCode.FORBIDDEN);
        UUID role = Ids.next();
        LAB.update(
                "INSERT INTO roles (tenant_id, id, name, permissions, created_at) VALUES (?, ?, 'Voters', '{react}', now())",
                TENANT,
                role);
        LAB.update("UPDATE members SET role_id = ? WHERE conversation_id = ? AND user_id = ?", role, room, bob);

        assertThat(vote(bob, poll, 1).results()).isEqualTo(counted(1, 0, 1, 0));
        assertThat(refused(ada, poll, 1)).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void itsSenderOrAModeratorClosesItForGood() {
        MessageView poll = ask();
        vote(bob, poll, 2);
        assertThat(closeRefused(bob, poll)).isEqualTo(ErrorCode.FORBIDDEN);

        close(owner, poll);

        JsonNode event = events().getLast();
        assertThat(event.get("type").asText()).isEqualTo("message.updated");
        assertThat(event.get("actor").asText()).isEqualTo(owner.toString());
        assertThat(event.at("/message/results/closedBy").asText()).isEqualTo(owner.toString());
        assertThat(event.at("/message/results/counts")).hasToString("[0,0,1]");
        long before = version();
        close(ada, poll);
        assertThat(version()).isEqualTo(before);
        assertThat(refused(ada, poll, 0)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refused(bob, poll)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(vote(bob, poll, 2).results().counts()).isEqualTo(List.of(0, 0, 1));
        close(ada, ask());
    }

    @Test
    void fromItsTimeOnNoVoteIsTakenAndItIsClosedOnce() {
        Instant soon = Instant.ofEpochMilli(System.currentTimeMillis() + 700);
        MessageView poll = ask(false, true, soon);
        vote(bob, poll, 0);
        PersistenceLab.await(closing.step());
        assertThat(read(bob, poll).at("/results/closedAt").isMissingNode()).isTrue();

        Awaitility.await().until(() -> System.currentTimeMillis() > soon.toEpochMilli());
        assertThat(refused(ada, poll, 1)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(version()).isEqualTo(poll.version() + 1);
        List<Future<Void>> nodes = List.of(closing.step(), closing.step(), closing.step());
        nodes.forEach(PersistenceLab::await);

        assertThat(version()).isEqualTo(poll.version() + 2);
        JsonNode closed = read(bob, poll);
        assertThat(closed.at("/results/closedAt").asText())
                .isEqualTo(closed.at("/poll/closesAt").asText());
        assertThat(closed.get("results").has("closedBy")).isFalse();
        assertThat(events().getLast().has("actor")).isFalse();
        PersistenceLab.await(closing.step());
        assertThat(version()).isEqualTo(poll.version() + 2);
        assertThat(LAB.number("SELECT count(*) FROM polls_to_close WHERE conversation_id = ?", room))
                .isZero();
    }

    @Test
    void whatIsClosedByHandOrGoneDoesNotWaitForItsTime() {
        Instant later = Instant.now().plus(Duration.ofHours(1));
        close(ada, ask(false, false, later));
        MessageView gone = ask(false, false, later);
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, gone.id()));
        MessageView homeless = ask(false, false, Instant.now());
        LAB.update("UPDATE conversations SET status = 'deleted' WHERE id = ?", room);

        PersistenceLab.await(closing.step());

        assertThat(LAB.number("SELECT count(*) FROM polls_to_close WHERE conversation_id = ?", room))
                .isZero();
        assertThat(LAB.number("SELECT version FROM messages WHERE id = ?", homeless.id()))
                .isEqualTo(homeless.version());
    }

    @Test
    void ofAnAnonymousPollNobodyLearnsWhoVotedForWhat() {
        MessageView poll = ask(true, true, null);
        vote(bob, poll, 0, 2);
        vote(ada, poll, 0);

        for (UUID reader : List.of(ada, owner, bob)) {
            assertThat(LAB.refusal(PollActions.VOTERS, new ListVoters(TENANT, reader, room, poll.id(), 0, 9, null))
                            .code())
                    .isEqualTo(ErrorCode.FORBIDDEN);
        }
        assertThat(read(bob, poll).get("voted")).hasToString("[0,2]");
        assertThat(read(owner, poll).toString()).doesNotContain(bob.toString());
        for (Frame frame : LAB.frames(room)) {
            if (frame.version() > poll.version()) {
                assertThat(frame.bytes().toString()).doesNotContain(bob.toString());
            }
        }
        assertThat(LAB.personalFrames(owner).stream().map(frame -> frame.bytes().toString()))
                .noneMatch(told -> told.contains(poll.id().toString()));
        // Nor does anything that is stored say when, or with which change, somebody voted.
        assertThat(LAB.number(
                        "SELECT count(*) FROM poll_votes WHERE conversation_id = ?"
                                + " AND (version > 0 OR voted_at IS NOT NULL)",
                        room))
                .isZero();
        assertThat(LAB.number(
                        "SELECT count(*) FROM journal WHERE ? = ANY (users) AND ? = ANY (conversations)"
                                + " AND from_versions[1] > " + poll.version(),
                        bob,
                        room))
                .isZero();
    }

    @Test
    void whoHasVotedIsListedPageByPage() {
        MessageView poll = ask(true, false, null);
        vote(bob, poll, 0, 1);
        vote(owner, poll, 1);
        vote(ada, poll, 1, 2);

        Voters first = voters(ada, poll, 1, 2, null);
        Voters second = voters(ada, poll, 1, 2, first.next());
        Voters all = voters(ada, poll, null, 9, null);

        LAB.checked("VoterList", first);
        assertThat(first.items()).extracting(Voter::user).containsExactly(bob, owner);
        assertThat(second.items()).extracting(Voter::user).containsExactly(ada);
        assertThat(second.next()).isNull();
        assertThat(all.items()).extracting(Voter::option).containsExactly(0, 1, 1, 1, 2);
        assertThat(voters(ada, ask(), null, 9, null).items()).isEmpty();
        assertThat(LAB.refusal(PollActions.VOTERS, new ListVoters(TENANT, ada, room, poll.id(), null, 9, "x"))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void aDeletedPollLeavesNoVotesAndAForwardedOneHasNone() {
        MessageView poll = ask();
        vote(bob, poll, 0);
        MessageDraft draft = new MessageDraft(
                Ids.next(), "forward", null, null, null, new MessageDraft.Source(room, poll.id()), null, null);
        MessageView copy = LAB.ask(MessageActions.SEND, room, new Send(TENANT, bob, room, draft, 0))
                .message();
        assertThat(read(bob, copy).has("results")).isFalse();
        vote(bob, copy, 1);

        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, poll.id()));

        assertThat(LAB.number("SELECT count(*) FROM poll_votes WHERE conversation_id = ?", room))
                .isOne();
        assertThat(read(bob, poll).has("results")).isFalse();
        assertThat(refused(bob, poll, 0)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(read(bob, copy).get("voted")).hasToString("[1]");
        close(bob, copy);
    }

    /** Many at once are few events, each with a version, and they end at what is read afresh. */
    @Test
    void manyVotesAtOnceAreFewEventsAndTheirStateIsThatOfAFreshRead() {
        List<UUID> crowd = LAB.people(300);
        LAB.ask(ConversationActions.ADD_MEMBERS, room, new AddMembers(TENANT, owner, room, crowd, "member"));
        MessageView poll = ask();
        ObjectNode held = (ObjectNode) read(owner, poll);
        int before = LAB.frames(room).size();

        List<Future<Voted>> asked = new ArrayList<>();
        for (int i = 0; i < crowd.size(); i++) {
            asked.add(LAB.bus().ask(PollActions.VOTE, room, of(crowd.get(i), poll, i % 3)));
        }
        asked.forEach(PersistenceLab::await);
        vote(owner, poll, 1);
        close(ada, poll);

        List<JsonNode> told = events().subList(before, LAB.frames(room).size());
        assertThat(told).hasSizeLessThan(150);
        assertThat(version()).isEqualTo(poll.version() + told.size());
        for (JsonNode event : told) {
            if (event.get("type").asText().equals("poll.results")) {
                held.set("results", event.get("results"));
                held.set("version", event.get("version"));
            } else {
                held.setAll((ObjectNode) event.get("message"));
            }
        }
        held.set("voted", LAB.content(LAB.personalFrames(owner).getLast()).get("voted"));
        assertThat(Json.parse(Json.text(held).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Json.parse(Json.text(read(owner, poll)).getBytes(StandardCharsets.UTF_8)));
        assertThat(held.at("/results/counts")).hasToString("[100,101,100]");
    }

    @Test
    void overTheInterfaceItIsTheSame() {
        RestLab rest = new RestLab(new PollsFeature());
        MessageView poll = ask(true, false, null);
        Map<String, Object> path = Map.of("conversationId", room, "messageId", poll.id());

        JsonNode voted = rest.checked("CountedVote", rest.call(LAB, bob, "votePoll", path, "{\"options\":[2,0]}"));
        assertThat(voted.get("voted")).hasToString("[0,2]");
        JsonNode voters = rest.checked("VoterList", rest.call(LAB, ada, "listPollVoters", path, ""));
        assertThat(voters.get("items")).hasSize(2);
        JsonNode closed = rest.checked("Message", rest.call(LAB, ada, "closePoll", path, ""));
        assertThat(closed.at("/results/closedBy").asText()).isEqualTo(ada.toString());
        assertThat(rest.refusal(LAB, bob, "votePoll", path, "{\"options\":[1]}").code())
                .isEqualTo(ErrorCode.CONFLICT);
    }
}

package io.parley.features.threads;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Frame;
import io.parley.features.PersistenceLab;
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
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.threads.ThreadActions.Follow;
import io.parley.features.threads.ThreadActions.ListOwn;
import io.parley.features.threads.ThreadActions.Open;
import io.parley.features.threads.ThreadActions.Refresh;
import io.parley.features.threads.ThreadActions.ThreadView;
import io.parley.features.threads.ThreadActions.Unfollow;
import io.parley.server.session.HubActions;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads: who follows and reads them, what their messages show, and how they end. */
class ThreadsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ThreadsFeature(config),
            new ReceiptsFeature(config)));

    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID cyd = LAB.person();
    private final UUID stranger = LAB.person();
    private final UUID room = room();
    private final MessageView said = say(ada, room, "What do you think?");

    private UUID room() {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(ada, bob, cyd), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, owner, id, group));
        return id;
    }

    private static MessageView say(UUID sender, UUID conversation, String text) {
        return LAB.ask(MessageActions.SEND, conversation, Send.text(TENANT, sender, conversation, Ids.next(), text))
                .message();
    }

    private static AppError refused(UUID sender, UUID conversation) {
        Send send = Send.text(TENANT, sender, conversation, Ids.next(), "Hello");
        return LAB.refusal(MessageActions.SEND, conversation, send);
    }

    private ThreadView open(UUID actor) {
        return LAB.ask(ThreadActions.OPEN, room, new Open(TENANT, actor, room, said.id(), Ids.next()));
    }

    private ErrorCode openRefused(UUID actor, UUID conversation, UUID message) {
        Open open = new Open(TENANT, actor, conversation, message, Ids.next());
        return LAB.refusal(ThreadActions.OPEN, conversation, open).code();
    }

    private ThreadView get(UUID reader) {
        return LAB.ask(ThreadActions.GET, new ThreadActions.Get(TENANT, reader, room, said.id()));
    }

    private void refresh(UUID thread) {
        LAB.ask(ThreadActions.REFRESH, room, new Refresh(TENANT, room, thread));
    }

    private static void follow(UUID thread, UUID person, boolean watching) {
        LAB.ask(ThreadActions.FOLLOW, thread, new Follow(TENANT, person, thread, List.of(person), watching));
    }

    private static List<ThreadView> list(UUID person, boolean unread) {
        return LAB.ask(ThreadActions.LIST, new ListOwn(TENANT, person, unread, 50, null))
                .items();
    }

    private static List<String> history(UUID reader, UUID thread) {
        return LAB
                .ask(MessageActions.HISTORY, new History(TENANT, reader, thread, null, null, null, 50))
                .items()
                .stream()
                .map(MessageView::text)
                .toList();
    }

    private static ErrorCode historyRefused(UUID reader, UUID thread) {
        return LAB.refusal(MessageActions.HISTORY, new History(TENANT, reader, thread, null, null, null, 50))
                .code();
    }

    private JsonNode shown() {
        return Json.mapper()
                .valueToTree(LAB.ask(MessageActions.GET, new Get(TENANT, cyd, room, said.id()))
                        .message())
                .path("thread");
    }

    @Test
    void whatSomebodySaysWhileHeBeginsToFollowKeepsItsOrder() {
        UUID thread = Objects.requireNonNull(open(ada).conversation());
        List<Send> sends = IntStream.range(0, 40)
                .mapToObj(i -> Send.text(TENANT, cyd, thread, Ids.next(), "No. " + i))
                .toList();
        List<Future<MessageActions.Sent>> sent = new ArrayList<>();
        for (Send send : sends) {
            sent.add(LAB.bus().ask(MessageActions.SEND, thread, send));
            // Some come while the first one waits for its sender to follow.
            PersistenceLab.await(LAB.vertx().timer(1));
        }
        PersistenceLab.await(Future.all(sent));

        assertThat(history(cyd, thread))
                .containsExactlyElementsOf(
                        sends.stream().map(send -> send.draft().text()).toList());
    }

    @Test
    void aMessageGetsOneThreadHoweverOftenItIsOpened() {
        ThreadView opened = open(bob);

        assertThat(opened.following()).isTrue();
        assertThat(opened.message().id()).isEqualTo(said.id());
        assertThat(opened.lastNumber()).isZero();
        assertThat(open(cyd).conversation()).isEqualTo(opened.conversation());
        assertThat(get(ada).following()).as("the author").isTrue();
        assertThat(get(cyd).following()).as("who opened it second").isFalse();
        assertThat(shown().get("id").asText()).isEqualTo(opened.conversation().toString());
        assertThat(shown().get("count").asLong()).isZero();
    }

    @Test
    void everybodySeesThatThereIsAThreadAndItsFollowersGainIt() {
        UUID thread = open(bob).conversation();

        JsonNode event = LAB.content(LAB.frames(room).getLast());
        assertThat(event.get("type").asText()).isEqualTo("message.updated");
        assertThat(event.at("/message/thread/id").asText()).isEqualTo(thread.toString());
        Frame created = LAB.frames(thread).getFirst();
        assertThat(LAB.content(created).get("type").asText()).isEqualTo("conversation.created");
        assertThat(LAB.content(created).at("/data/parent/number").asLong()).isEqualTo(said.number());
        assertThat(created.joining()).extracting(Frame.Joining::user).containsExactlyInAnyOrder(ada, bob);
        for (UUID follower : List.of(ada, bob)) {
            assertThat(LAB.personalFrames(follower))
                    .anySatisfy(frame -> assertThat(
                                    LAB.content(frame).path("conversation").asText())
                            .isEqualTo(thread.toString()));
        }
    }

    @Test
    void whoSaysSomethingFollows() {
        UUID thread = open(ada).conversation();

        MessageView reply = say(cyd, thread, "I like it");

        assertThat(reply.number()).isEqualTo(1);
        assertThat(get(cyd).following()).isTrue();
        assertThat(say(cyd, thread, "A lot").number()).isEqualTo(2);
        assertThat(LAB.frames(thread))
                .extracting(frame -> LAB.content(frame).get("type").asText())
                .containsExactly("conversation.created", "member.added", "message.created", "message.created");
    }

    @Test
    void whoMayReadTheRootReadsTheThreadAndNobodyElse() {
        UUID thread = open(ada).conversation();
        say(ada, thread, "One");

        assertThat(history(cyd, thread)).containsExactly("One");
        assertThat(LAB.ask(MessageActions.CHANGES, new ChangesSince(TENANT, cyd, thread, 0))
                        .messages())
                .hasSize(1);
        assertThat(historyRefused(stranger, thread)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(stranger, thread).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(
                                ThreadActions.FOLLOW,
                                thread,
                                new Follow(TENANT, stranger, thread, List.of(stranger), false))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(ThreadActions.GET, new ThreadActions.Get(TENANT, stranger, room, said.id()))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(ThreadActions.GET, new ThreadActions.Get(Ids.next(), ada, room, said.id()))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(openRefused(stranger, room, said.id())).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void unreadIsForFollowersAndForRepliesAlone() {
        UUID thread = open(bob).conversation();
        say(bob, thread, "One");
        say(bob, thread, "Two");
        follow(thread, cyd, true);

        assertThat(get(ada).unread()).isEqualTo(2);
        assertThat(get(bob).unread()).isZero();
        assertThat(get(cyd).unread()).as("who watches").isZero();
        assertThat(LAB.ask(ConversationActions.GET, new ConversationActions.Get(TENANT, ada, room))
                        .unread())
                .as("of the parent")
                .isZero();
        LAB.ask(ReceiptActions.MARK, thread, new MarkUpTo(TENANT, ada, thread, Kind.READ, 1));
        assertThat(get(ada).unread()).isEqualTo(1);
        assertThat(list(ada, true)).hasSize(1);
        LAB.ask(ReceiptActions.MARK, thread, new MarkUpTo(TENANT, ada, thread, Kind.READ, 2));
        assertThat(list(ada, true)).isEmpty();
        assertThat(list(ada, false)).hasSize(1);
    }

    @Test
    void theListHasWhatOneFollowsTheLatestFirst() {
        UUID first = open(bob).conversation();
        MessageView another = say(bob, room, "And this?");
        UUID second = LAB.ask(ThreadActions.OPEN, room, new Open(TENANT, ada, room, another.id(), Ids.next()))
                .conversation();
        say(bob, second, "Later");
        say(bob, first, "Last");
        follow(second, cyd, true);

        assertThat(list(ada, false)).extracting(ThreadView::conversation).containsExactly(first, second);
        ThreadActions.Threads page = LAB.ask(ThreadActions.LIST, new ListOwn(TENANT, ada, false, 1, null));
        assertThat(page.items()).extracting(ThreadView::conversation).containsExactly(first);
        assertThat(LAB.ask(ThreadActions.LIST, new ListOwn(TENANT, ada, false, 1, page.next()))
                        .items())
                .extracting(ThreadView::conversation)
                .containsExactly(second);
        assertThat(list(ada, false).getFirst().lastMessage().text()).isEqualTo("Last");
        assertThat(list(cyd, false)).as("who only watches").isEmpty();
        assertThat(LAB.ask(
                                ConversationActions.LIST,
                                new ConversationActions.ListOwn(TENANT, ada, ConversationActions.Filter.ALL, 50, null))
                        .items())
                .extracting("id")
                .containsExactly(room);
    }

    @Test
    void aFollowerLeavesAndComesBackBySayingSomething() {
        UUID thread = open(bob).conversation();

        LAB.ask(ThreadActions.UNFOLLOW, thread, new Unfollow(TENANT, bob, thread));
        LAB.ask(ThreadActions.UNFOLLOW, thread, new Unfollow(TENANT, bob, thread));

        assertThat(get(bob).following()).isFalse();
        assertThat(list(bob, false)).isEmpty();
        Frame removed = LAB.frames(thread).getLast();
        assertThat(removed.leaving()).containsExactly(bob);
        say(bob, thread, "Back");
        assertThat(get(bob).following()).isTrue();
        follow(thread, bob, true);
        assertThat(get(bob).watching()).isTrue();
        assertThat(get(bob).following()).isFalse();
        follow(thread, bob, false);
        assertThat(get(bob).following()).isTrue();
    }

    @Test
    void whoOnlyWatchesFollowsWhenHeSaysSomething() {
        UUID thread = open(ada).conversation();
        follow(thread, cyd, true);

        say(cyd, thread, "I like it");

        assertThat(get(cyd).following()).isTrue();
        assertThat(get(cyd).watching()).isFalse();
        assertThat(list(cyd, false)).hasSize(1);
    }

    private static ThreadSummaries summaries() {
        return new ThreadSummaries(LAB.bus(), LAB.database());
    }

    @Test
    void anEditThatMentionsSomebodyAsBeforeDoesNotMakeHimFollowAgain() {
        UUID thread = open(ada).conversation();
        MessageView reply = say(ada, thread, at(cyd) + " look");
        rebuild();
        assertThat(get(cyd).following()).isTrue();
        LAB.ask(ThreadActions.UNFOLLOW, thread, new Unfollow(TENANT, cyd, thread));

        edit(thread, reply, at(cyd) + " look here");
        rebuild();
        assertThat(get(cyd).following()).isFalse();

        edit(thread, reply, "Look here");
        edit(thread, reply, at(cyd) + " look here");
        rebuild();
        assertThat(get(cyd).following()).as("named anew").isTrue();
    }

    private static String at(UUID person) {
        return "@"
                + LAB.column(String.class, "SELECT username FROM users WHERE id = ?", person)
                        .getFirst();
    }

    private void edit(UUID thread, MessageView message, String text) {
        LAB.ask(MessageActions.EDIT, thread, new Edit(TENANT, ada, thread, message.id(), text, null, null));
    }

    private static void rebuild() {
        PersistenceLab.await(summaries().rebuild());
        PersistenceLab.await(summaries().step());
    }

    /** As after the death of a node amid it: another goes on behind what is done. */
    @Test
    void theRebuildGoesOnFromItsPlaceOnWhicheverNode() {
        UUID first = open(bob).conversation();
        MessageView another = say(bob, room, "And this?");
        UUID second = LAB.ask(ThreadActions.OPEN, room, new Open(TENANT, ada, room, another.id(), Ids.next()))
                .conversation();
        say(bob, first, "One");
        say(bob, second, "Two");
        PersistenceLab.await(summaries().rebuild());
        LAB.update("UPDATE thread_rebuild SET place = ?", first);

        PersistenceLab.await(summaries().step());

        assertThat(shown().get("count").asLong()).isZero();
        assertThat(LAB.ask(MessageActions.GET, new Get(TENANT, cyd, room, another.id()))
                        .message()
                        .fields()
                        .get("thread")
                        .get("count")
                        .asLong())
                .isEqualTo(1);
        assertThat(LAB.number("SELECT count(*) FROM thread_rebuild")).isZero();
        rebuild();
        assertThat(shown().get("count").asLong()).isEqualTo(1);
    }

    @Test
    void theMessageShowsTheThreadOnceForManyReplies() {
        UUID thread = open(bob).conversation();
        say(bob, thread, "One");
        say(cyd, thread, "Two");
        MessageView last = say(bob, thread, "Three");
        int before = LAB.frames(room).size();

        refresh(thread);
        refresh(thread);

        assertThat(LAB.frames(room)).hasSize(before + 1);
        assertThat(shown().get("count").asLong()).isEqualTo(3);
        assertThat(shown().get("lastAt").asText()).isEqualTo(last.createdAt().toString());
        assertThat(shown().get("repliers"))
                .extracting(JsonNode::asText)
                .containsExactly(bob.toString(), cyd.toString());
        JsonNode event = LAB.content(LAB.frames(room).getLast());
        assertThat(event.at("/message/thread")).isEqualTo(shown());
        assertThat(event.has("actor")).isFalse();
    }

    @Test
    void aThreadEndsWithItsMessage() {
        UUID thread = open(bob).conversation();
        say(cyd, thread, "Secret");
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, said.id()));

        for (UUID reader : List.of(ada, bob, cyd, owner)) {
            assertThat(historyRefused(reader, thread)).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(refused(reader, thread).code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(list(reader, false)).isEmpty();
        }
        Frame ended = LAB.frames(thread).getLast();
        assertThat(LAB.content(ended).get("type").asText()).isEqualTo("conversation.deleted");
        assertThat(ended.leaving()).containsExactlyInAnyOrder(ada, bob, cyd);
        assertThat(LAB.content(LAB.personalFrames(cyd).getLast()).get("type").asText())
                .isEqualTo("conversation.lost");
        refresh(thread);
        assertThat(shown().isMissingNode()).isTrue();
    }

    /** Whatever ends the membership of the root; the nodes learn it from the journal. */
    @Test
    void whoIsRemovedFromTheRootIsOutOfItsThreads() {
        UUID thread = open(bob).conversation();
        say(bob, thread, "Before");
        long version = LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", thread);

        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, owner, room, bob));

        assertThat(historyRefused(bob, thread)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(bob, thread).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(list(bob, false)).isEmpty();
        HubActions.Repaired repaired = LAB.ask(HubActions.REPAIR, new HubActions.Repair(thread, version));
        assertThat(repaired.version()).isEqualTo(version + 1);
        assertThat(repaired.out()).containsExactly(bob);
        HubActions.PersonalRepaired personal =
                LAB.ask(HubActions.PERSONAL_REPAIR, new HubActions.PersonalRepair(TENANT, bob, 0));
        assertThat(personal.lost()).contains(room, thread);
    }

    @Test
    void rightsFollowTheRoot() {
        UUID thread = open(bob).conversation();
        LAB.update("UPDATE conversation_counters SET send_rank = 2 WHERE id = ?", room);
        assertThat(refused(bob, thread).code()).isEqualTo(ErrorCode.FORBIDDEN);
        say(owner, thread, "Only I");
        LAB.update("UPDATE conversation_counters SET send_rank = 1 WHERE id = ?", room);
        LAB.update(
                "UPDATE members SET silenced_until = 'infinity' WHERE user_id = ? AND conversation_id = ?", bob, room);
        assertThat(refused(bob, thread).code()).isEqualTo(ErrorCode.FORBIDDEN);
        MessageView more = say(ada, room, "More");
        assertThat(openRefused(bob, room, more.id())).isEqualTo(ErrorCode.FORBIDDEN);
        LAB.update("UPDATE conversations SET permissions = '{\"open_threads\": 2}' WHERE id = ?", room);
        assertThat(openRefused(cyd, room, more.id())).isEqualTo(ErrorCode.FORBIDDEN);
        LAB.ask(ThreadActions.OPEN, room, new Open(TENANT, owner, room, more.id(), Ids.next()));
    }

    @Test
    void thereAreNoThreadsInThreadsNorOnWhatIsNotThere() {
        UUID thread = open(bob).conversation();
        MessageView reply = say(bob, thread, "Reply");

        assertThat(openRefused(bob, thread, reply.id())).isEqualTo(ErrorCode.CONFLICT);
        assertThat(openRefused(bob, room, Ids.next())).isEqualTo(ErrorCode.NOT_FOUND);
        UUID notice = LAB.column(
                        UUID.class,
                        "SELECT id FROM messages WHERE conversation_id = ? AND type = 'system'",
                        addedSomebody())
                .getFirst();
        assertThat(openRefused(bob, room, notice)).isEqualTo(ErrorCode.FORBIDDEN);
        MessageView gone = say(ada, room, "Gone");
        LAB.ask(MessageActions.DELETE, room, new Change(TENANT, ada, room, gone.id()));
        assertThat(openRefused(bob, room, gone.id())).isEqualTo(ErrorCode.NOT_FOUND);
    }

    private UUID addedSomebody() {
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, owner, room, List.of(LAB.person()), "member"));
        return room;
    }

    @Test
    void aThreadIsNoGroup() {
        UUID thread = open(bob).conversation();

        assertThat(LAB.refusal(
                                ConversationActions.ADD_MEMBERS,
                                thread,
                                new AddMembers(TENANT, bob, thread, List.of(stranger), "member"))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.ask(ConversationActions.GET, new ConversationActions.Get(TENANT, bob, thread))
                        .common()
                        .parent()
                        .number())
                .isEqualTo(said.number());
    }

    /** What was said in a thread while somebody was out is as far from him as what was said in its root. */
    @Test
    void whoWasOutMeanwhileSeesNothingOfThatTime() {
        LAB.update("UPDATE conversations SET history = 'since_join' WHERE id = ?", room);
        UUID thread = open(bob).conversation();
        say(ada, thread, "Before");
        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, owner, room, bob));
        say(ada, thread, "Meanwhile");
        LAB.ask(ConversationActions.ADD_MEMBERS, room, new AddMembers(TENANT, owner, room, List.of(bob), "member"));
        assertThat(LAB.ask(ThreadActions.GET, new ThreadActions.Get(TENANT, bob, room, said.id()))
                        .lastMessage())
                .extracting(MessageView::text)
                .isEqualTo("Before");
        say(ada, thread, "After");

        assertThat(history(bob, thread)).containsExactly("Before", "After");
        assertThat(LAB.ask(MessageActions.CHANGES, new ChangesSince(TENANT, bob, thread, 0))
                        .messages())
                .extracting(MessageView::text)
                .containsExactly("Before", "After");
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, owner, room, List.of(stranger), "member"));
        assertThat(historyRefused(stranger, thread))
                .as("its root is from before him")
                .isEqualTo(ErrorCode.NOT_FOUND);
    }
}

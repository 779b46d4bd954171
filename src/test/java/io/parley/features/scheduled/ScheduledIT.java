package io.parley.features.scheduled;

import static io.parley.features.PersistenceLab.TENANT;
import static io.parley.features.PersistenceLab.await;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.PersonalFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageActions.History;
import io.parley.features.messages.MessageDraft;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.features.scheduled.ReminderActions.ListAll;
import io.parley.features.scheduled.ReminderActions.Put;
import io.parley.features.scheduled.ReminderActions.Reminder;
import io.parley.features.scheduled.ScheduledActions.ListOwn;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledActions.Reschedule;
import io.parley.features.scheduled.ScheduledActions.Schedule;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessage;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessages;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages to be sent later, and reminders: kept, changed, sent once, told to every device. */
class ScheduledIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config),
            new MessagesFeature(config, metrics),
            new ReceiptsFeature(config),
            new ScheduledFeature(config)));

    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = room(ada);
    private final ScheduledStore store = new ScheduledStore(LAB.database());
    private final ScheduledSender sender = sender(Duration.ofHours(24));
    private final ReminderService reminders = new ReminderService(LAB.bus(), new ReminderStore(LAB.database()), 100);

    private UUID room(UUID... members) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(members), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, bob, id, group));
        return id;
    }

    private ScheduledSender sender(Duration latest) {
        return new ScheduledSender(LAB.bus(), store, Clock.systemUTC(), latest);
    }

    @AfterEach
    void nothingIsLeftToBeSentByAnotherTest() {
        LAB.update("DELETE FROM scheduled_messages");
        LAB.update("DELETE FROM reminders");
    }

    private static Due in(long seconds) {
        return new Due(Instant.ofEpochMilli(System.currentTimeMillis() + seconds * 1000), null);
    }

    private ScheduledMessage schedule(UUID id, String text, Due due) {
        return schedule(ada, room, id, text, due);
    }

    private static ScheduledMessage schedule(UUID person, UUID conversation, UUID id, String text, Due due) {
        MessageDraft draft = MessageDraft.text(id, text);
        return LAB.ask(ScheduledActions.SCHEDULE, new Schedule(TENANT, person, conversation, draft, due));
    }

    private UUID due(String text) {
        return due(ada, room, text);
    }

    private static UUID due(UUID person, UUID conversation, String text) {
        UUID id = Ids.next();
        schedule(person, conversation, id, text, in(-1));
        return id;
    }

    private List<ScheduledMessage> list(UUID person) {
        return LAB.ask(ScheduledActions.LIST, new ListOwn(TENANT, person, 100, null))
                .items();
    }

    private List<String> said() {
        return said(room);
    }

    private List<String> said(UUID conversation) {
        return LAB
                .ask(MessageActions.HISTORY, new History(TENANT, bob, conversation, null, null, null, 50))
                .items()
                .stream()
                .map(MessageView::text)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The last event of all that were due. */
    private JsonNode told(UUID person) {
        long last = LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", person);
        Awaitility.await()
                .until(() -> LAB.personalFrames(person).stream().anyMatch(frame -> frame.userVersion() == last));
        return LAB.content(LAB.personalFrames(person).stream()
                .filter(frame -> frame.userVersion() == last)
                .findFirst()
                .orElseThrow());
    }

    @Test
    void aMessageWaitsForItsTimeAndIsSentOnce() {
        UUID id = Ids.next();
        ScheduledMessage waiting = schedule(id, "Later", in(3_600));
        assertThat(told(ada).get("type").asText()).isEqualTo("scheduled.updated");
        await(sender.step());
        assertThat(said()).isEmpty();
        assertThat(list(ada)).containsExactly(waiting);

        LAB.update("UPDATE scheduled_messages SET due_at = now(), try_at = now() WHERE id = ?", id);
        await(sender.step());
        await(sender.step());

        assertThat(said()).containsExactly("Later");
        assertThat(list(ada)).isEmpty();
        assertThat(told(ada).get("type").asText()).isEqualTo("scheduled.removed");
        assertThat(told(ada).get("sent").asBoolean()).isTrue();
    }

    /** The node that had sent it died before it could say so. */
    @Test
    void aMessageThatWasSentButNotNotedIsNotSentTwice() {
        UUID id = due("Once");
        MessageDraft draft = MessageDraft.text(id, "Once");
        LAB.update("UPDATE scheduled_messages SET state = 'sending' WHERE id = ?", id);
        LAB.ask(MessageActions.SEND, room, new MessageActions.Send(TENANT, ada, room, draft, 0));

        await(sender.step());

        assertThat(said()).containsExactly("Once");
        assertThat(list(ada)).isEmpty();
    }

    @Test
    void severalAtOnceSendEachMessageOnce() {
        for (int i = 0; i < 50; i++) {
            due("m" + i);
        }

        await(Future.all(sender.step(), sender.step(), sender.step()));
        await(sender.step());

        assertThat(said()).hasSize(50).doesNotHaveDuplicates();
        assertThat(list(ada)).isEmpty();
    }

    @Test
    void itIsChangedOrCancelledAsLongAsItWaits() {
        UUID id = Ids.next();
        schedule(id, "One", in(3_600));

        ScheduledMessage changed = LAB.ask(
                ScheduledActions.RESCHEDULE, new Reschedule(TENANT, ada, id, MessageDraft.text(id, "Two"), in(7_200)));

        assertThat(changed.message().text()).isEqualTo("Two");
        assertThat(told(ada).at("/scheduled/message/text").asText()).isEqualTo("Two");
        LAB.update("UPDATE scheduled_messages SET state = 'sending' WHERE id = ?", id);
        assertThat(refusal(new Reschedule(TENANT, ada, id, null, in(60)))).isEqualTo(ErrorCode.CONFLICT);
        assertThat(LAB.refusal(ScheduledActions.CANCEL, new One(TENANT, ada, id))
                        .code())
                .isEqualTo(ErrorCode.CONFLICT);
        LAB.update("UPDATE scheduled_messages SET state = 'waiting' WHERE id = ?", id);
        LAB.ask(ScheduledActions.CANCEL, new One(TENANT, ada, id));
        assertThat(list(ada)).isEmpty();
        assertThat(told(ada).get("sent").asBoolean()).isFalse();
        assertThat(LAB.refusal(ScheduledActions.CANCEL, new One(TENANT, ada, id))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    private static ErrorCode refusal(Reschedule asked) {
        return LAB.refusal(ScheduledActions.RESCHEDULE, asked).code();
    }

    @Test
    void itIsNobodyElses() {
        UUID id = Ids.next();
        schedule(id, "Mine", in(3_600));

        assertThat(list(bob)).isEmpty();
        assertThat(refusal(new Reschedule(TENANT, bob, id, null, in(60)))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal(new Reschedule(Ids.next(), ada, id, null, in(60)))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(ScheduledActions.CANCEL, new One(TENANT, bob, id))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whatMayNotBeSentIsRefusedAtOnce() {
        Schedule elsewhere = new Schedule(TENANT, ada, Ids.next(), MessageDraft.text(Ids.next(), "Where?"), in(60));
        assertThat(LAB.refusal(ScheduledActions.SCHEDULE, elsewhere).code()).isEqualTo(ErrorCode.NOT_FOUND);
        Schedule blank = new Schedule(TENANT, ada, room, MessageDraft.text(Ids.next(), "  "), in(60));
        assertThat(LAB.refusal(ScheduledActions.SCHEDULE, blank).code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void theSameAgainChangesNothingAndAnotherOfTheSameIdIsAConflict() {
        UUID id = Ids.next();
        Due due = in(3_600);
        ScheduledMessage first = schedule(id, "One", due);

        assertThat(schedule(id, "One", due)).isEqualTo(first);
        Schedule other = new Schedule(TENANT, ada, room, MessageDraft.text(id, "Two"), due);
        assertThat(LAB.refusal(ScheduledActions.SCHEDULE, other).code()).isEqualTo(ErrorCode.CONFLICT);
    }

    /** No page is more than a socket takes. */
    @Test
    void theListComesInPages() {
        Due same = in(3_600);
        for (int i = 0; i < 40; i++) {
            schedule(Ids.next(), "m".repeat(16_000) + i, i < 20 ? same : in(7_200 + i));
        }

        List<ScheduledMessage> read = new ArrayList<>();
        String cursor = null;
        do {
            ScheduledMessages page = LAB.ask(ScheduledActions.LIST, new ListOwn(TENANT, ada, 100, cursor));
            assertThat(LAB.checked("ScheduledList", page).toString()).hasSizeBetween(16_000, 270_000);
            read.addAll(page.items());
            cursor = page.next();
        } while (cursor != null);

        assertThat(read).hasSize(40).doesNotHaveDuplicates().isSortedAccordingTo(comparing(ScheduledMessage::at));
        assertThat(LAB.ask(ScheduledActions.LIST, new ListOwn(TENANT, ada, 3, null))
                        .items())
                .isEqualTo(read.subList(0, 3));
        assertThat(LAB.refusal(ScheduledActions.LIST, new ListOwn(TENANT, ada, 3, "x"))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void thereIsALimit() {
        for (int i = 0; i < 100; i++) {
            schedule(Ids.next(), "m" + i, in(3_600));
        }
        Schedule more = new Schedule(TENANT, ada, room, MessageDraft.text(Ids.next(), "more"), in(3_600));
        assertThat(LAB.refusal(ScheduledActions.SCHEDULE, more).code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void whoHasLeftMeanwhileIsToldWhyItWasNotSent() {
        UUID id = due("Too late for me");
        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, bob, room, ada));

        await(sender.step());
        await(sender.step());

        assertThat(said()).isEmpty();
        ScheduledMessage failed = list(ada).getFirst();
        assertThat(failed.id()).isEqualTo(id);
        assertThat(failed.state()).isEqualTo("failed");
        assertThat(failed.failure()).isEqualTo("not_found");
        assertThat(told(ada).at("/scheduled/state").asText()).isEqualTo("failed");
    }

    @Test
    void aSystemThatWasDownForLongDoesNotSendWhatIsOld() {
        due("Good morning");

        await(sender(Duration.ZERO).step());

        assertThat(said()).isEmpty();
        assertThat(list(ada).getFirst().failure()).isEqualTo("too_late");
    }

    @Test
    void whatHasToWaitIsTriedAgain() {
        LAB.update("UPDATE conversation_counters SET slow_seconds = 60 WHERE id = ?", room);
        MessageDraft now = MessageDraft.text(Ids.next(), "Now");
        LAB.ask(MessageActions.SEND, room, new MessageActions.Send(TENANT, ada, room, now, 0));
        due("Then");

        await(sender.step());
        assertThat(said()).containsExactly("Now");
        LAB.update("UPDATE slow_sends SET sent_at = now() - interval '1 hour'");
        LAB.update("UPDATE scheduled_messages SET try_at = try_at - interval '60 seconds'");
        await(sender.step());

        assertThat(said()).containsExactly("Now", "Then");
    }

    @Test
    void whatHasToWaitHoldsUpNobodyAndCanBeCancelled() {
        UUID carol = LAB.person();
        UUID slow = room(ada, carol);
        UUID quick = room(ada);
        LAB.update("UPDATE conversation_counters SET slow_seconds = 3600 WHERE id = ?", slow);
        for (int i = 0; i < 100; i++) {
            due(ada, slow, "ada " + i);
            due(carol, slow, "carol " + i);
        }
        await(sender.step());
        due(bob, quick, "Bob");

        await(sender.step());

        assertThat(said(quick)).containsExactly("Bob");
        assertThat(said(slow)).hasSize(2);
        ScheduledMessage waiting = list(ada).getFirst();
        assertThat(waiting.state()).isEqualTo("waiting");
        LAB.ask(ScheduledActions.CANCEL, new One(TENANT, ada, waiting.id()));
        LAB.update("UPDATE slow_sends SET sent_at = now() - interval '2 hours'");
        UUID next = list(ada).getFirst().id();
        LAB.ask(ScheduledActions.RESCHEDULE, new Reschedule(TENANT, ada, next, MessageDraft.text(next, "Now"), null));
        await(sender.step());
        assertThat(said(slow)).hasSize(3).contains("Now");
    }

    @Test
    void oneWithManyMessagesLeavesRoomForOthers() {
        List<UUID> hers = List.of(Ids.next(), Ids.next(), Ids.next());
        for (int i = 0; i < 3; i++) {
            schedule(hers.get(i), "m" + i, in(i - 5));
        }
        UUID his = due(bob, room, "d");

        List<UUID> first = await(store.takeDue(2)).stream()
                .map(taken -> taken.message().id())
                .toList();

        assertThat(first).containsExactly(hers.getFirst(), his);
        assertThat(await(store.takeDue(10)))
                .extracting(taken -> taken.message().id())
                .containsExactly(hers.get(1), hers.get(2));
    }

    /** Of that node, or of the database just then, nothing is known: it may have been sent. */
    @Test
    void whoeverDiesWhileSendingLeavesItToOthersAfterAWhile() {
        UUID id = due("Once");
        assertThat(await(store.takeDue(10))).hasSize(1);
        assertThat(await(store.takeDue(10))).isEmpty();
        assertThat(LAB.refusal(ScheduledActions.CANCEL, new One(TENANT, ada, id))
                        .code())
                .isEqualTo(ErrorCode.CONFLICT);

        LAB.update("UPDATE scheduled_messages SET try_at = try_at - interval '11 seconds' WHERE id = ?", id);
        await(sender.step());

        assertThat(said()).containsExactly("Once");
    }

    @Test
    void whoIsSuspendedSendsNothingAndFindsItWhenHeIsBack() {
        UUID id = due("Spam");
        remind(Ids.next(), "Call Bob", in(-1));
        LAB.update("UPDATE users SET status = 'suspended' WHERE id = ?", ada);

        await(sender.step());
        await(reminders.ring());

        assertThat(said()).isEmpty();
        assertThat(list(ada)).extracting(ScheduledMessage::failure).containsExactly("account_suspended");
        LAB.update("UPDATE users SET status = 'active' WHERE id = ?", ada);
        await(sender.step());
        assertThat(said()).isEmpty();
        assertThat(LAB.ask(ReminderActions.LIST, new ListAll(TENANT, ada)).items())
                .extracting(Reminder::state)
                .containsExactly("due");
        LAB.ask(ScheduledActions.RESCHEDULE, new Reschedule(TENANT, ada, id, null, in(-1)));
        await(sender.step());
        assertThat(said()).containsExactly("Spam");
    }

    @Test
    void ofATenantThatIsSuspendedNothingIsSent() {
        due("Later");
        LAB.update("UPDATE tenants SET status = 'suspended' WHERE id = ?", TENANT);
        try {
            await(sender.step());
        } finally {
            LAB.update("UPDATE tenants SET status = 'active' WHERE id = ?", TENANT);
        }

        assertThat(said()).isEmpty();
        assertThat(list(ada).getFirst().failure()).isEqualTo("account_suspended");
    }

    private Reminder remind(UUID id, String note, Due due) {
        return LAB.ask(ReminderActions.PUT, new Put(TENANT, ada, id, null, null, note, due));
    }

    @Test
    void aReminderBecomesDueOnceAndWaitsAgainWhenItIsPutOff() {
        UUID id = Ids.next();
        remind(id, "Call Bob", in(3_600));
        await(reminders.ring());
        assertThat(told(ada).at("/reminder/state").asText()).isEqualTo("waiting");

        LAB.update("UPDATE reminders SET due_at = now() WHERE id = ?", id);
        long before = LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", ada);
        await(Future.all(reminders.ring(), reminders.ring()));

        assertThat(LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", ada))
                .isEqualTo(before + 1);
        assertThat(told(ada).at("/reminder/state").asText()).isEqualTo("due");
        assertThat(remind(id, "Call Bob", in(600)).state()).isEqualTo("waiting");
        LAB.ask(ReminderActions.DROP, new One(TENANT, ada, id));
        assertThat(LAB.ask(ReminderActions.LIST, new ListAll(TENANT, ada)).items())
                .isEmpty();
        assertThat(LAB.refusal(ReminderActions.DROP, new One(TENANT, bob, id)).code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    /** Whoever changes reminders locks their person first; so does the ringing. */
    @Test
    void oneThatIsPutOffWhileItRingsHoldsUpNeither() throws SQLException {
        UUID id = Ids.next();
        remind(id, "Call Bob", in(-1));
        try (Connection other = LAB.connect();
                Statement putting = other.createStatement()) {
            other.setAutoCommit(false);
            putting.execute("SELECT lock_person('%s', '%s')".formatted(TENANT, ada));
            Future<Void> ringing = reminders.ring();
            Awaitility.await()
                    .until(() -> LAB.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND cardinality(pg_blocking_pids(pid)) > 0")
                            == 1);

            putting.execute(
                    "SELECT put_reminder('%s', '%s', '%s', null, null, null, now() + interval '1 hour', null, 100)"
                            .formatted(TENANT, ada, id));
            other.commit();

            await(ringing);
        }
        assertThat(LAB.ask(ReminderActions.LIST, new ListAll(TENANT, ada)).items())
                .extracting(Reminder::state)
                .containsExactly("waiting");
    }

    @Test
    void oneIsRemindedOnlyOfWhatOneMayRead() {
        UUID message = Ids.next();
        LAB.ask(
                MessageActions.SEND,
                room,
                new MessageActions.Send(TENANT, bob, room, MessageDraft.text(message, "This"), 0));
        UUID stranger = LAB.person();

        Put mine = new Put(TENANT, ada, Ids.next(), room, message, null, in(60));
        Put theirs = new Put(TENANT, stranger, Ids.next(), room, message, null, in(60));

        assertThat(LAB.ask(ReminderActions.PUT, mine).message()).isEqualTo(message);
        assertThat(LAB.refusal(ReminderActions.PUT, theirs).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    /** Every version that the list took is one event, so that a device that heard all of them lacks nothing. */
    @Test
    void theEventsLeaveNoGap() {
        UUID id = Ids.next();
        schedule(id, "One", in(3_600));
        LAB.ask(ScheduledActions.RESCHEDULE, new Reschedule(TENANT, ada, id, null, in(60)));
        LAB.ask(ScheduledActions.CANCEL, new One(TENANT, ada, id));
        remind(Ids.next(), "x", in(60));
        due("y");
        await(sender.step());

        long last = LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", ada);
        Awaitility.await()
                .untilAsserted(() -> assertThat(LAB.personalFrames(ada).stream()
                                .map(PersonalFrame::userVersion)
                                .filter(version -> version > 0))
                        .hasSize((int) last)
                        .doesNotHaveDuplicates()
                        .allMatch(version -> version <= last));
    }
}

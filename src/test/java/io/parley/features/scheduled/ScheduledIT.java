package io.parley.features.scheduled;

import static io.parley.features.PersistenceLab.TENANT;
import static io.parley.features.PersistenceLab.await;
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
import io.parley.features.scheduled.ReminderActions.Put;
import io.parley.features.scheduled.ReminderActions.Reminder;
import io.parley.features.scheduled.ScheduledActions.ListOwn;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledActions.Reschedule;
import io.parley.features.scheduled.ScheduledActions.Schedule;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessage;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
    private final UUID room = room();
    private final ScheduledStore store = new ScheduledStore(LAB.database());
    private final ScheduledSender sender = sender(Duration.ofHours(24));

    private UUID room() {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(ada), null, null);
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
        return LAB.ask(ScheduledActions.SCHEDULE, new Schedule(TENANT, ada, room, MessageDraft.text(id, text), due));
    }

    private UUID due(String text) {
        UUID id = Ids.next();
        schedule(id, text, in(-1));
        return id;
    }

    private List<ScheduledMessage> list(UUID person) {
        return LAB.ask(ScheduledActions.LIST, new ListOwn(TENANT, person)).items();
    }

    private List<String> said() {
        return LAB.ask(MessageActions.HISTORY, new History(TENANT, bob, room, null, null, null, 50)).items().stream()
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

        LAB.update("UPDATE scheduled_messages SET due_at = now() WHERE id = ?", id);
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
        await(sender.step());

        assertThat(said()).containsExactly("Now", "Then");
    }

    private Reminder remind(UUID id, String note, Due due) {
        return LAB.ask(ReminderActions.PUT, new Put(TENANT, ada, id, null, null, note, due));
    }

    @Test
    void aReminderBecomesDueOnceAndWaitsAgainWhenItIsPutOff() {
        UUID id = Ids.next();
        remind(id, "Call Bob", in(3_600));
        ReminderService service = new ReminderService(LAB.bus(), new ReminderStore(LAB.database()), 100);
        await(service.ring());
        assertThat(told(ada).at("/reminder/state").asText()).isEqualTo("waiting");

        LAB.update("UPDATE reminders SET due_at = now() WHERE id = ?", id);
        long before = LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", ada);
        await(Future.all(service.ring(), service.ring()));

        assertThat(LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", ada))
                .isEqualTo(before + 1);
        assertThat(told(ada).at("/reminder/state").asText()).isEqualTo("due");
        assertThat(remind(id, "Call Bob", in(600)).state()).isEqualTo("waiting");
        LAB.ask(ReminderActions.DROP, new One(TENANT, ada, id));
        assertThat(LAB.ask(ReminderActions.LIST, new ListOwn(TENANT, ada)).items())
                .isEmpty();
        assertThat(LAB.refusal(ReminderActions.DROP, new One(TENANT, bob, id)).code())
                .isEqualTo(ErrorCode.NOT_FOUND);
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

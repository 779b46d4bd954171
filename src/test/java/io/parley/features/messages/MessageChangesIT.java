package io.parley.features.messages;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions.Change;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Editing, deleting, answering and forwarding, with who may and what everybody is told. */
class MessageChangesIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config), new MessagesFeature(config, metrics), new ReceiptsFeature(config)));

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

    private static MessageView say(UUID sender, UUID conversation, String text) {
        return LAB.ask(MessageActions.SEND, conversation, Send.text(TENANT, sender, conversation, Ids.next(), text))
                .message();
    }

    private static Send answer(UUID sender, UUID conversation, UUID to) {
        return new Send(
                TENANT,
                sender,
                conversation,
                new MessageDraft(Ids.next(), "text", "Yes", null, to, null, null, null),
                0);
    }

    private static Send forward(UUID sender, UUID into, MessageView message) {
        MessageDraft.Source source = new MessageDraft.Source(message.conversation(), message.id());
        return new Send(
                TENANT, sender, into, new MessageDraft(Ids.next(), "forward", null, null, null, source, null, null), 0);
    }

    private MessageView edit(UUID actor, MessageView message, String text) {
        return LAB.ask(MessageActions.EDIT, room, new Edit(TENANT, actor, room, message.id(), text, null, null))
                .message();
    }

    private ErrorCode editRefused(UUID actor, MessageView message) {
        return LAB.refusal(MessageActions.EDIT, room, new Edit(TENANT, actor, room, message.id(), "Other", null, null))
                .code();
    }

    private MessageView delete(UUID actor, MessageView message) {
        return LAB.ask(MessageActions.DELETE, room, new Change(TENANT, actor, room, message.id()))
                .message();
    }

    private ErrorCode deleteRefused(UUID actor, MessageView message) {
        return LAB.refusal(MessageActions.DELETE, room, new Change(TENANT, actor, room, message.id()))
                .code();
    }

    private static MessageView read(UUID reader, MessageView message) {
        return LAB.ask(MessageActions.GET, new Get(TENANT, reader, message.conversation(), message.id()))
                .message();
    }

    private JsonNode lastEvent() {
        return LAB.content(LAB.frames(room).getLast());
    }

    @Test
    void anEditIsTheMessageOfANewVersionAndEverybodyIsToldTheWholeOfIt() {
        MessageView said = say(ada, room, "Helo");

        MessageView edited = edit(ada, said, "Hello");

        assertThat(edited.text()).isEqualTo("Hello");
        assertThat(edited.number()).isEqualTo(said.number());
        assertThat(edited.version()).isEqualTo(said.version() + 1);
        assertThat(edited.editedAt()).isAfterOrEqualTo(said.createdAt());
        assertThat(read(bob, said)).isEqualTo(edited);
        JsonNode event = lastEvent();
        assertThat(event.get("type").asText()).isEqualTo("message.updated");
        assertThat(event.get("version").asLong()).isEqualTo(edited.version());
        assertThat(event.at("/message/text").asText()).isEqualTo("Hello");
        assertThat(event.get("actor").asText()).isEqualTo(ada.toString());
    }

    @Test
    void theSameEditAgainChangesNothing() {
        MessageView said = say(ada, room, "One");
        MessageView edited = edit(ada, said, "Two");

        assertThat(edit(ada, said, "Two")).isEqualTo(edited);
        assertThat(lastEvent().get("version").asLong()).isEqualTo(edited.version());
    }

    @Test
    void onlyTheSenderEditsAndStrangersSeeNothing() {
        MessageView said = say(ada, room, "Mine");

        assertThat(editRefused(owner, said)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(editRefused(bob, said)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(editRefused(stranger, said)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(
                                MessageActions.EDIT,
                                room,
                                new Edit(Ids.next(), ada, room, said.id(), "Other tenant", null, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, owner, room, ada));
        assertThat(editRefused(ada, said)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void afterADayAMessageStaysAsItIs() {
        MessageView said = say(ada, room, "Old");
        LAB.update(
                "UPDATE messages SET created_at = created_at - interval '24 hours 1 second' WHERE id = ?", said.id());

        assertThat(editRefused(ada, said)).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void whatItSaidBeforeIsForTheSenderAndForThoseWhoModerate() {
        MessageView said = say(ada, room, "One");
        edit(ada, said, "Two");
        edit(ada, said, "Three");

        for (UUID reader : List.of(ada, owner)) {
            MessageActions.Edits edits = LAB.ask(MessageActions.EDITS, edits(TENANT, reader, room, said.id()));
            assertThat(edits.items()).extracting(MessageActions.Earlier::text).containsExactly("One", "Two");
            assertThat(edits.items().getFirst().writtenAt()).isEqualTo(said.createdAt());
        }
        for (UUID other : List.of(bob, stranger)) {
            assertThat(LAB.refusal(MessageActions.EDITS, edits(TENANT, other, room, said.id()))
                            .code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
    }

    /** No page is more than a socket takes. */
    @Test
    void whatItSaidBeforeComesInPages() {
        MessageView said = say(ada, room, "m".repeat(16_000));
        for (int i = 0; i < 40; i++) {
            edit(ada, said, i + "m".repeat(16_000));
        }
        long kept = LAB.number("SELECT count(*) FROM message_edits WHERE conversation_id = ?", room);

        List<MessageActions.Earlier> read = new ArrayList<>();
        String cursor = null;
        do {
            MessageActions.Edits page = LAB.ask(
                    MessageActions.EDITS,
                    new MessageActions.ListEdits(new Get(TENANT, ada, room, said.id()), 100, cursor));
            assertThat(LAB.checked("EditList", page).toString()).hasSizeBetween(16_000, 270_000);
            read.addAll(page.items());
            cursor = page.next();
        } while (cursor != null);

        assertThat(read)
                .hasSize((int) kept)
                .doesNotHaveDuplicates()
                .isSortedAccordingTo(Comparator.comparing(MessageActions.Earlier::writtenAt));
        MessageActions.ListEdits wrong = new MessageActions.ListEdits(new Get(TENANT, ada, room, said.id()), 100, "x");
        assertThat(LAB.refusal(MessageActions.EDITS, wrong).code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    private static MessageActions.ListEdits edits(UUID tenant, UUID reader, UUID conversation, UUID message) {
        return new MessageActions.ListEdits(new Get(tenant, reader, conversation, message), 100, null);
    }

    @Test
    void whatIsDeletedIsNowhereAnyMoreButThatItWas() {
        MessageView said = say(ada, room, "Secret-4711");
        edit(ada, said, "Secret-4712");

        MessageView tombstone = delete(ada, said);

        assertThat(tombstone.fields()).isEmpty();
        assertThat(tombstone.deletedAt()).isNotNull();
        assertThat(tombstone.number()).isEqualTo(said.number());
        assertThat(read(bob, said)).isEqualTo(tombstone);
        assertThat(LAB.number(
                        "SELECT count(*) FROM messages m WHERE conversation_id = ? AND m::text LIKE '%Secret%'", room))
                .isZero();
        assertThat(LAB.number("SELECT count(*) FROM message_edits WHERE conversation_id = ?", room))
                .isZero();
        JsonNode event = lastEvent();
        assertThat(event.get("type").asText()).isEqualTo("message.deleted");
        assertThat(event.get("message").has("text")).isFalse();
        assertThat(delete(ada, said)).isEqualTo(tombstone);
        assertThat(editRefused(ada, said)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.refusal(MessageActions.EDITS, edits(TENANT, ada, room, said.id()))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void sendingAgainWhatWasDeletedMakesNoSecondMessage() {
        Send send = Send.text(TENANT, ada, room, Ids.next(), "Once");
        MessageView said = LAB.ask(MessageActions.SEND, room, send).message();
        delete(ada, said);

        MessageActions.Sent again = LAB.ask(MessageActions.SEND, room, send);

        assertThat(again.repeated()).isTrue();
        assertThat(again.message()).isEqualTo(read(ada, said));
        assertThat(again.message().deletedAt()).isNotNull();
    }

    @Test
    void whoRepeatsAMessageIsToldHowItWasEditedMeanwhile() {
        Send send = Send.text(TENANT, ada, room, Ids.next(), "Helo");
        MessageView edited = edit(ada, LAB.ask(MessageActions.SEND, room, send).message(), "Hello");

        assertThat(LAB.ask(MessageActions.SEND, room, send).message()).isEqualTo(edited);
    }

    @Test
    void whatWasStoredIsNotRefusedWhenItsSourceHasGone() {
        UUID other = group(bob);
        MessageView source = say(ada, room, "Take it along");
        Send forward = forward(bob, other, source);
        MessageView stored = LAB.ask(MessageActions.SEND, other, forward).message();
        Send reply = answer(bob, room, source.id());
        MessageView replied = LAB.ask(MessageActions.SEND, room, reply).message();
        delete(ada, source);

        assertThat(LAB.ask(MessageActions.SEND, other, forward).message()).hasToString(stored.toString());
        assertThat(LAB.ask(MessageActions.SEND, room, reply).message()).hasToString(replied.toString());
        assertThat(LAB.refusal(MessageActions.SEND, other, forward(bob, other, source))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void whoMayNotSendAtAllIsNotToldWhatIsThereToAnswer() {
        MessageView said = say(ada, room, "Among us");

        for (UUID message : List.of(said.id(), Ids.next())) {
            assertThat(LAB.refusal(MessageActions.SEND, room, answer(stranger, room, message))
                            .code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
    }

    @Test
    void editsThatAreNotWaitedForHappenInTheirOrder() {
        MessageView said = say(ada, room, "Who?");

        Future<?> first = LAB.bus()
                .ask(
                        MessageActions.EDIT,
                        room,
                        new Edit(TENANT, ada, room, said.id(), "@" + Ids.next() + " it is", null, null));
        Future<?> second = LAB.bus()
                .ask(MessageActions.EDIT, room, new Edit(TENANT, ada, room, said.id(), "It is nobody", null, null));
        PersistenceLab.await(Future.all(first, second));

        assertThat(read(bob, said).text()).isEqualTo("It is nobody");
    }

    @Test
    void thoseWhoModerateDeleteOthersMessagesAndItShows() {
        MessageView said = say(ada, room, "Rude");

        assertThat(deleteRefused(bob, said)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(deleteRefused(stranger, said)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(delete(owner, said).fields().get("deletedBy").asText()).isEqualTo(owner.toString());
    }

    @Test
    void inADirectConversationNobodyDeletesWhatTheOtherSaid() {
        UUID id = Ids.next();
        NewConversation direct = new NewConversation(id, "direct", null, List.of(bob), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, ada, id, direct));
        LAB.update("UPDATE conversations SET permissions = '{\"delete_messages\": 1}' WHERE id = ?", id);
        MessageView said = say(ada, id, "To you");

        AppError refused = LAB.refusal(MessageActions.DELETE, id, new Change(TENANT, bob, id, said.id()));

        assertThat(refused.code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void aConversationMaySayWhoDeletes() {
        MessageView said = say(ada, room, "Anything");
        LAB.update("UPDATE conversations SET permissions = '{\"delete_messages\": 1}' WHERE id = ?", room);
        assertThat(delete(bob, said).deletedAt()).isNotNull();

        MessageView more = say(ada, room, "More");
        LAB.update("UPDATE conversations SET permissions = '{\"delete_messages\": 4}' WHERE id = ?", room);
        assertThat(deleteRefused(owner, more)).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void whoIsSilencedNeitherSendsNorEdits() {
        MessageView said = say(ada, room, "Before");
        LAB.update("UPDATE members SET silenced_until = now() + interval '1 hour' WHERE user_id = ?", ada);

        assertThat(editRefused(ada, said)).isEqualTo(ErrorCode.FORBIDDEN);
        Send send = Send.text(TENANT, ada, room, Ids.next(), "After");
        assertThat(LAB.refusal(MessageActions.SEND, room, send).code()).isEqualTo(ErrorCode.FORBIDDEN);
        LAB.update("UPDATE members SET silenced_until = now() - interval '1 second' WHERE user_id = ?", ada);
        LAB.ask(MessageActions.SEND, room, send);
    }

    @Test
    void inSlowModeMembersWaitBetweenTheirMessages() {
        LAB.update("UPDATE conversation_counters SET slow_seconds = 60 WHERE id = ?", room);
        say(ada, room, "First");

        AppError slow = LAB.refusal(MessageActions.SEND, room, Send.text(TENANT, ada, room, Ids.next(), "Second"));

        assertThat(slow.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(slow.retryAfterMs()).isBetween(1L, 60_000L);
        say(bob, room, "Another one");
        say(owner, room, "Who may");
        say(owner, room, "Always");
        LAB.update("UPDATE slow_sends SET sent_at = sent_at - interval '60 seconds'");
        say(ada, room, "Second");
    }

    @Test
    void anAnswerNamesWhatItAnswersAndOutlivesIt() {
        MessageView said = say(ada, room, "Does it weave?");

        MessageView answer =
                LAB.ask(MessageActions.SEND, room, answer(bob, room, said.id())).message();

        JsonNode replyTo = answer.fields().get("replyTo");
        assertThat(replyTo.get("id").asText()).isEqualTo(said.id().toString());
        assertThat(replyTo.get("number").asLong()).isEqualTo(said.number());
        assertThat(replyTo.get("sender").asText()).isEqualTo(ada.toString());
        assertThat(lastEvent().at("/message/replyTo").toString()).isEqualTo(replyTo.toString());
        delete(ada, said);
        assertThat(Json.text(read(bob, answer))).isEqualTo(Json.text(answer));
        assertThat(edit(bob, answer, "No").fields()).containsKeys("replyTo", "text");
    }

    @Test
    void whatIsNotThereOrElsewhereCannotBeAnswered() {
        UUID other = group(bob);
        MessageView elsewhere = say(bob, other, "Elsewhere");

        for (UUID to : List.of(Ids.next(), elsewhere.id())) {
            AppError refused = LAB.refusal(MessageActions.SEND, room, answer(bob, room, to));
            assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
            assertThat(refused.errors()).extracting(AppError.FieldError::field).containsExactly("message.replyTo");
        }
    }

    @Test
    void aForwardedMessageSaysWhereItComesFrom() {
        UUID other = group(ada, stranger);
        MessageView said = say(bob, room, "News");

        MessageView forwarded =
                LAB.ask(MessageActions.SEND, other, forward(ada, other, said)).message();

        assertThat(forwarded.sender()).isEqualTo(ada);
        assertThat(forwarded.type()).isEqualTo("text");
        assertThat(forwarded.text()).isEqualTo("News");
        JsonNode origin = forwarded.fields().get("forwarded");
        assertThat(origin.get("sender").asText()).isEqualTo(bob.toString());
        assertThat(origin.get("conversation").asText()).isEqualTo(room.toString());
        assertThat(origin.get("createdAt").asText()).isEqualTo(said.createdAt().toString());
        assertThat(Json.text(read(stranger, forwarded))).isEqualTo(Json.text(forwarded));
        AppError edited = LAB.refusal(
                MessageActions.EDIT, other, new Edit(TENANT, ada, other, forwarded.id(), "Fake", null, null));
        assertThat(edited.code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    /** Somebody who forwards on what he could not see at its origin vouches only for what he has seen. */
    @Test
    void theOriginIsKeptOnlyByThoseWhoCouldSeeIt() {
        UUID second = group(ada, stranger);
        UUID third = group(stranger, ada);
        MessageView said = say(bob, room, "News");
        MessageView once =
                LAB.ask(MessageActions.SEND, second, forward(ada, second, said)).message();

        MessageView byAda =
                LAB.ask(MessageActions.SEND, third, forward(ada, third, once)).message();
        MessageView byStranger = LAB.ask(MessageActions.SEND, third, forward(stranger, third, once))
                .message();

        assertThat(byAda.fields().get("forwarded").get("conversation").asText()).isEqualTo(room.toString());
        assertThat(byStranger.fields().get("forwarded").get("conversation").asText())
                .isEqualTo(second.toString());
        assertThat(byStranger.fields().get("forwarded").get("sender").asText()).isEqualTo(ada.toString());
    }

    @Test
    void onlyWhatOneMayReadIsForwarded() {
        MessageView said = say(ada, room, "Private");
        UUID theirs = group(stranger);
        MessageView gone = say(ada, room, "Gone");
        delete(ada, gone);
        UUID mine = group(ada);

        AppError unseen = LAB.refusal(MessageActions.SEND, theirs, forward(stranger, theirs, said));
        AppError deleted = LAB.refusal(MessageActions.SEND, mine, forward(ada, mine, gone));

        assertThat(List.of(unseen, deleted))
                .allSatisfy(refused -> assertThat(refused.errors())
                        .extracting(AppError.FieldError::field)
                        .containsExactly("message.forward"));
    }

    @Test
    void changesTellEditsAndTombstonesAsState() {
        MessageView one = say(ada, room, "One");
        MessageView two = say(ada, room, "Two");
        long version = two.version();
        edit(ada, one, "One!");
        delete(ada, two);

        MessageActions.Changes changes =
                LAB.ask(MessageActions.CHANGES, new MessageActions.ChangesSince(TENANT, bob, room, version));

        assertThat(changes.messages()).containsExactly(read(bob, one), read(bob, two));
        assertThat(changes.version()).isEqualTo(version + 2);
    }

    /** Also for whoever has joined since and may not see what was before. */
    @Test
    void whatLiesBeforeOnesJoiningIsNeitherAnsweredNorForwarded() {
        LAB.update("UPDATE conversations SET history = 'since_join' WHERE id = ?", room);
        MessageView before = say(ada, room, "Before");
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, owner, room, List.of(stranger), "member"));

        assertThat(LAB.refusal(MessageActions.SEND, room, answer(stranger, room, before.id()))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(LAB.refusal(MessageActions.EDITS, edits(TENANT, stranger, room, before.id()))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(deleteRefused(stranger, before)).isEqualTo(ErrorCode.NOT_FOUND);
    }
}

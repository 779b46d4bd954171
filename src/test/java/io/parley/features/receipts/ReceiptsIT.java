package io.parley.features.receipts;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.ListReceipts;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.features.receipts.ReceiptActions.Receipt;
import io.parley.features.receipts.ReceiptActions.Receipts;
import io.parley.features.receipts.ReceiptActions.Sent;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReceiptsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config), new MessagesFeature(config, metrics), new ReceiptsFeature(config)));

    private final UUID ada = LAB.person();
    private final UUID grace = LAB.person();

    @Test
    void aReadMarkIsToldToTheOwnSessionsAndToTheConversation() {
        UUID id = group(grace);
        send(id, ada, 3);

        mark(id, grace, Kind.READ, 2);

        JsonNode read = LAB.content(lastPersonal(grace, "read"));
        assertThat(read.get("number").longValue()).isEqualTo(2);
        assertThat(read.get("userVersion").longValue()).isEqualTo(2);
        JsonNode receipt = receipts(id, 1).getFirst();
        assertThat(receipt.get("kind").textValue()).isEqualTo("read");
        assertThat(receipt.get("user").textValue()).isEqualTo(grace.toString());
        assertThat(receipt.get("number").longValue()).isEqualTo(2);
        assertThat(unread(id, grace)).isEqualTo(1);
    }

    @Test
    void marksAreClampedAndNeverGoBack() {
        UUID id = group(grace);
        send(id, ada, 3);

        mark(id, grace, Kind.READ, 1_000);
        mark(id, grace, Kind.READ, 1);
        mark(id, grace, Kind.DELIVERED, 3);

        assertThat(receipts(id, 1))
                .singleElement()
                .satisfies(
                        receipt -> assertThat(receipt.get("number").longValue()).isEqualTo(3));
        assertThat(unread(id, grace)).isZero();
    }

    @Test
    void aDeliveredMarkIsToldToTheConversationAndTakesNoVersion() {
        UUID id = group(grace);
        send(id, ada, 2);

        mark(id, grace, Kind.DELIVERED, 2);

        JsonNode receipt = receipts(id, 1).getFirst();
        assertThat(receipt.get("kind").textValue()).isEqualTo("delivered");
        assertThat(unread(id, grace)).isEqualTo(2);
        assertThat(LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", grace))
                .isEqualTo(1);
    }

    @Test
    void whoIsNotInMarksNothingAndListsNothing() {
        UUID id = group(grace);
        UUID stranger = LAB.person();

        for (Kind kind : Kind.values()) {
            assertThat(LAB.refusal(ReceiptActions.MARK, id, new MarkUpTo(TENANT, stranger, id, kind, 1))
                            .code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(LAB.refusal(ReceiptActions.MARK, id, new MarkUpTo(Ids.next(), grace, id, kind, 1))
                            .code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(LAB.refusal(ReceiptActions.LIST, new ListReceipts(TENANT, stranger, id, null, 10, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void marksThatComeTogetherAreOneAndAllAreAnswered() {
        UUID id = group(grace);
        send(id, ada, 50);

        List<Future<Nothing>> answers = new ArrayList<>();
        for (int number = 1; number <= 50; number++) {
            answers.add(LAB.bus().ask(ReceiptActions.MARK, id, new MarkUpTo(TENANT, grace, id, Kind.READ, number)));
        }
        PersistenceLab.await(Future.all(answers));

        assertThat(LAB.number("SELECT read_number FROM marks WHERE user_id = ?", grace))
                .isEqualTo(50);
        assertThat(LAB.number("SELECT count(*) FROM mark_history WHERE user_id = ?", grace))
                .isLessThan(10);
    }

    @Test
    void aLargeConversationKeepsNoDeliveredMarksAndTellsNoReceipts() {
        List<UUID> others = LAB.people(256);
        UUID id = group(others.toArray(UUID[]::new));
        UUID reader = others.getFirst();
        send(id, ada, 2);

        mark(id, reader, Kind.DELIVERED, 2);
        assertThat(LAB.number("SELECT delivered_number FROM marks WHERE user_id = ?", reader))
                .isZero();
        mark(id, reader, Kind.READ, 2);

        assertThat(LAB.content(lastPersonal(reader, "read")).get("number").longValue())
                .isEqualTo(2);
        assertThat(LAB.passingFrames(id)).isEmpty();
        assertThat(ofOthers(list(id, ada, 1L, null))).extracting(Receipt::user).containsExactly(reader);
    }

    @Test
    void whoSendsHasReadWhatWasThereUnlessSomethingWasUnread() {
        UUID id = group(grace);

        sent(id, ada, 1, 1);
        sent(id, ada, 2, 2);
        await().until(() -> readNumber(id, ada) == 2);
        sent(id, grace, 3, 3);
        sent(id, ada, 4, 4);
        sent(id, grace, 5, 5);
        await().until(() -> LAB.number("SELECT count(*) FROM marks WHERE conversation_id = ?", id) == 1);

        assertThat(readNumber(id, ada)).isEqualTo(2);
        assertThat(LAB.passingFrames(id)).isEmpty();
    }

    @Test
    void presentMarksOfAllMembersComeInPages() {
        List<UUID> others = LAB.people(4);
        UUID id = group(others.toArray(UUID[]::new));
        send(id, ada, 5);
        for (int i = 0; i < others.size(); i++) {
            mark(id, others.get(i), i % 2 == 0 ? Kind.READ : Kind.DELIVERED, i + 1);
        }

        List<Receipt> found = new ArrayList<>();
        String cursor = null;
        do {
            Receipts page = list(id, ada, null, cursor);
            LAB.checked("ReceiptList", page);
            found.addAll(page.items());
            cursor = page.next();
        } while (cursor != null);

        assertThat(found).hasSize(5);
        List<Receipt> ofOthers = ofOthers(new Receipts(found, null));
        assertThat(ofOthers).filteredOn(receipt -> receipt.read() != null).hasSize(2);
        assertThat(ofOthers).filteredOn(receipt -> receipt.delivered() != null).hasSize(4);
    }

    @Test
    void whoHasReachedAMessageIsListedWithHisFirstMarkAtOrBeyondIt() {
        UUID mary = LAB.person();
        UUID id = group(grace, mary);
        send(id, ada, 9);
        mark(id, grace, Kind.DELIVERED, 2);
        mark(id, grace, Kind.DELIVERED, 6);
        mark(id, grace, Kind.READ, 4);
        mark(id, grace, Kind.READ, 9);
        mark(id, mary, Kind.READ, 3);

        assertThat(ofOthers(list(id, ada, 5L, null))).singleElement().satisfies(receipt -> {
            assertThat(receipt.user()).isEqualTo(grace);
            assertThat(receipt.delivered())
                    .satisfies(mark -> assertThat(mark.number()).isEqualTo(6));
            assertThat(receipt.read())
                    .satisfies(mark -> assertThat(mark.number()).isEqualTo(9));
        });
        assertThat(ofOthers(list(id, ada, 3L, null))).extracting(Receipt::user).containsExactlyInAnyOrder(grace, mary);
        assertThat(ofOthers(list(id, ada, 3L, null)))
                .filteredOn(receipt -> receipt.user().equals(mary))
                .allSatisfy(receipt -> assertThat(receipt.delivered()).isEqualTo(receipt.read()));
        assertThat(ofOthers(list(id, ada, 10L, null))).isEmpty();
    }

    @Test
    void whenTheHistoryIsGoneThePresentMarksStandForIt() {
        UUID id = group(grace);
        send(id, ada, 3);
        mark(id, grace, Kind.READ, 3);
        LAB.update("DELETE FROM mark_history WHERE conversation_id = ?", id);

        assertThat(ofOthers(list(id, ada, 1L, null))).singleElement().satisfies(receipt -> {
            assertThat(receipt.read())
                    .satisfies(mark -> assertThat(mark.number()).isEqualTo(3));
            assertThat(receipt.delivered()).isNotNull();
        });
    }

    @Test
    void theReceiptsOfWhatOneMayNotReadAreNotFound() {
        UUID id = Ids.next();
        NewConversation asked = new NewConversation(id, "group", "Since join", List.of(grace), null, "since_join");
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, ada, id, asked));
        send(id, ada, 3);
        UUID mary = LAB.person();
        LAB.ask(ConversationActions.ADD_MEMBERS, id, new AddMembers(TENANT, ada, id, List.of(mary), "member"));

        assertThat(LAB.refusal(ReceiptActions.LIST, new ListReceipts(TENANT, mary, id, 3L, 10, null))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(list(id, mary, 4L, null).items()).isEmpty();
        assertThat(list(id, mary, null, null).items()).hasSize(3);
    }

    private UUID group(UUID... others) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Group", List.of(others), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, ada, id, group));
        return id;
    }

    private static void send(UUID conversation, UUID sender, int count) {
        for (int i = 0; i < count; i++) {
            LAB.ask(
                    MessageActions.SEND,
                    conversation,
                    MessageActions.Send.text(TENANT, sender, conversation, Ids.next(), "Hello"));
        }
    }

    private static void mark(UUID conversation, UUID user, Kind kind, long number) {
        LAB.ask(ReceiptActions.MARK, conversation, new MarkUpTo(TENANT, user, conversation, kind, number));
    }

    /** As the send path tells of a message, which nobody has really sent. */
    private static void sent(UUID conversation, UUID user, long counted, long number) {
        LAB.ask(ReceiptActions.SENT, conversation, new Sent(conversation, user, counted, number));
    }

    private static Receipts list(UUID conversation, UUID user, @Nullable Long number, @Nullable String cursor) {
        return LAB.ask(ReceiptActions.LIST, new ListReceipts(TENANT, user, conversation, number, 3, cursor));
    }

    /** Without the sender, whose own mark moves when it does. */
    private List<Receipt> ofOthers(Receipts receipts) {
        return receipts.items().stream()
                .filter(receipt -> !receipt.user().equals(ada))
                .toList();
    }

    private static long unread(UUID conversation, UUID user) {
        return LAB.ask(ConversationActions.GET, new Get(TENANT, user, conversation))
                .unread();
    }

    private static long readNumber(UUID conversation, UUID user) {
        return LAB.number(
                "SELECT coalesce(max(read_number), 0) FROM marks WHERE conversation_id = ? AND user_id = ?",
                conversation,
                user);
    }

    private static PersonalFrame lastPersonal(UUID user, String type) {
        await().until(() -> LAB.personalFrames(user).stream()
                .anyMatch(frame -> LAB.content(frame).get("type").textValue().equals(type)));
        return LAB.personalFrames(user).getLast();
    }

    private static List<JsonNode> receipts(UUID conversation, int count) {
        await().until(() -> LAB.passingFrames(conversation).size() >= count);
        return LAB.passingFrames(conversation).stream().map(LAB::content).toList();
    }
}

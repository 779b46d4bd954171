package io.parley.features.conversations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Conversations;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Filter;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ListOwn;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageView;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The own conversations, against what reading table by table and counting tells. */
class ConversationListIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int PAGE = 4;

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config), new MessagesFeature(config, metrics), new ReceiptsFeature(config)));

    private final Random random = new Random(SEED);
    private final List<UUID> people = LAB.people(4);
    private final List<UUID> conversations = new ArrayList<>();

    @Test
    void theListIsNewestFirstWithTrueUnreadCountsAndLastMessages() {
        System.out.println("-Dseed=" + SEED);
        for (int i = 0; i < 15; i++) {
            conversations.add(group(random.nextBoolean() ? "all" : "since_join"));
        }
        for (int i = 0; i < 200; i++) {
            step();
        }

        for (UUID person : people) {
            List<ConversationView> found = all(person);
            assertThat(found).extracting(ConversationView::id).containsExactlyElementsOf(newestFirst(person));
            found.forEach(view -> checkView(person, view));
        }
    }

    private static void checkView(UUID person, ConversationView view) {
        LAB.checked("Conversation", view);
        assertThat(view.unread()).as("unread of %s", view.id()).isEqualTo(count(view.id(), person));
        assertThat(Optional.ofNullable(view.lastMessage()).map(MessageView::number))
                .isEqualTo(Optional.of(view.lastNumber()).filter(number -> number > 0));
        ConversationView alone = LAB.ask(ConversationActions.GET, new Get(TENANT, person, view.id()));
        assertThat(alone.lastMessage()).isEqualTo(view.lastMessage());
        assertThat(alone.unread()).isEqualTo(view.unread());
    }

    @Test
    void conversationsOfTheSameMillisecondArePagedWithoutLossOrRepetition() {
        for (int i = 0; i < 10; i++) {
            conversations.add(group("all"));
        }
        conversations.forEach(id ->
                LAB.update("UPDATE conversation_counters SET last_at = '2026-11-20T10:00:00.123Z' WHERE id = ?", id));

        assertThat(all(people.getFirst()))
                .extracting(ConversationView::id)
                .containsExactlyInAnyOrderElementsOf(conversations);
    }

    @Test
    void whatIsNoCursorIsRefused() {
        for (String cursor : List.of("x", "_", "12_", "12_x", "x_" + Ids.next(), "" + Ids.next())) {
            ListOwn asked = new ListOwn(TENANT, people.getFirst(), Filter.ALL, PAGE, cursor);
            assertThat(LAB.refusal(ConversationActions.LIST, asked).code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
        }
    }

    private void step() {
        UUID conversation = conversations.get(random.nextInt(conversations.size()));
        UUID owner = people.getFirst();
        UUID person = people.get(random.nextInt(people.size()));
        switch (random.nextInt(6)) {
            case 0 ->
                LAB.ask(
                        ConversationActions.ADD_MEMBERS,
                        conversation,
                        new AddMembers(TENANT, owner, conversation, List.of(person), "member"));
            case 1 -> {
                if (!person.equals(owner) && member(conversation, person)) {
                    LAB.ask(
                            ConversationActions.REMOVE_MEMBER,
                            conversation,
                            new RemoveMember(TENANT, owner, conversation, person));
                }
            }
            case 2 -> {
                if (member(conversation, person)) {
                    LAB.ask(
                            ReceiptActions.MARK,
                            conversation,
                            new ReceiptActions.MarkUpTo(
                                    TENANT, person, conversation, ReceiptActions.Kind.READ, random.nextInt(20)));
                }
            }
            default -> {
                if (member(conversation, person)) {
                    LAB.ask(
                            MessageActions.SEND,
                            conversation,
                            MessageActions.Send.text(TENANT, person, conversation, Ids.next(), "Hello"));
                }
            }
        }
    }

    private UUID group(String history) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Group", people.subList(1, 3), null, history);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, people.getFirst(), id, group));
        return id;
    }

    private static List<ConversationView> all(UUID person) {
        List<ConversationView> found = new ArrayList<>();
        @Nullable String cursor = null;
        do {
            Conversations page =
                    LAB.ask(ConversationActions.LIST, new ListOwn(TENANT, person, Filter.ALL, PAGE, cursor));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(PAGE);
            found.addAll(page.items());
            cursor = page.next();
        } while (cursor != null);
        return found;
    }

    private static boolean member(UUID conversation, UUID person) {
        return LAB.number(
                        "SELECT count(*) FROM members WHERE conversation_id = ? AND user_id = ? AND active",
                        conversation,
                        person)
                == 1;
    }

    private static List<UUID> newestFirst(UUID person) {
        return LAB.column(
                UUID.class,
                "SELECT k.id FROM members m JOIN conversation_counters k ON k.id = m.conversation_id"
                        + " WHERE m.user_id = ? AND m.active ORDER BY k.last_at DESC, k.id DESC",
                person);
    }

    /** Messages of others after joining and after the mark. */
    private static long count(UUID conversation, UUID person) {
        return LAB.number(
                "SELECT count(*) FROM messages s JOIN members m ON m.conversation_id = s.conversation_id AND m.user_id = ?"
                        + " LEFT JOIN marks k ON k.conversation_id = s.conversation_id AND k.user_id = m.user_id"
                        + " WHERE s.conversation_id = ? AND s.type = 'text' AND s.sender_id <> m.user_id"
                        + " AND s.number >= m.from_number AND s.number > coalesce(k.read_number, 0)",
                person,
                conversation);
    }
}

package io.parley.features.messages;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationsFeature;
import io.parley.features.messages.MessageActions.Edit;
import io.parley.features.messages.MessageActions.Get;
import io.parley.features.messages.MessageActions.Send;
import io.parley.features.messages.MessageDraft.NewMention;
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is mentioned, and how many mentions are unread. */
class MentionsIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config), new MessagesFeature(config, metrics), new ReceiptsFeature(config)));

    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID cyd = LAB.person();
    private final UUID room = room();

    private UUID room() {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(bob, cyd), null, null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, ada, id, group));
        return id;
    }

    private static String at(UUID person) {
        return "@"
                + LAB.column(String.class, "SELECT username FROM users WHERE id = ?", person)
                        .getFirst();
    }

    private MessageView say(UUID sender, String text) {
        return LAB.ask(MessageActions.SEND, room, Send.text(TENANT, sender, room, Ids.next(), text))
                .message();
    }

    private MessageView edit(MessageView message, String text) {
        return LAB.ask(
                        MessageActions.EDIT,
                        room,
                        new Edit(TENANT, message.sender(), room, message.id(), text, null, null))
                .message();
    }

    private static List<String> mentioned(MessageView message) {
        List<String> mentioned = new ArrayList<>();
        JsonNode mentions = message.fields().get("mentions");
        if (mentions != null) {
            mentions.forEach(one ->
                    mentioned.add(one.path("user").asText(one.path("everybody").asText())));
        }
        return mentioned;
    }

    private long unread(UUID person) {
        return LAB.ask(ConversationActions.GET, new ConversationActions.Get(TENANT, person, room))
                .mentions();
    }

    @Test
    void aNameBecomesAMentionThatSurvivesARenaming() {
        String name = at(bob);
        MessageView said = say(ada, "Hello " + name + "!");

        JsonNode mention = said.fields().get("mentions").get(0);
        assertThat(mention.get("user").asText()).isEqualTo(bob.toString());
        assertThat(mention.get("offset").asInt()).isEqualTo(6);
        assertThat(mention.get("length").asInt()).isEqualTo(name.length());
        assertThat(mention.get("name").asText()).isEqualTo(name);
        LAB.update("UPDATE users SET username = ?, username_folded = ? WHERE id = ?", "b" + bob, "b" + bob, bob);
        MessageView read = LAB.ask(MessageActions.GET, new Get(TENANT, cyd, room, said.id()))
                .message();
        assertThat(Json.text(read)).isEqualTo(Json.text(said));
        assertThat(LAB.content(LAB.frames(room).getLast())
                        .at("/message/mentions/0/user")
                        .asText())
                .isEqualTo(bob.toString());
        assertThat(unread(bob)).isEqualTo(1);
        assertThat(unread(cyd)).isZero();
    }

    @Test
    void nobodyIsMentionedByANameThatNobodyHasOrThatIsSuspended() {
        UUID suspended = LAB.person();
        UUID elsewhere = LAB.person(Ids.next());
        String text = "@nobody-at-all " + at(suspended) + " " + at(elsewhere);
        LAB.update("UPDATE users SET status = 'suspended' WHERE id = ?", suspended);

        assertThat(say(ada, text).fields()).containsOnlyKeys("text");
    }

    @Test
    void everybodyIsMentionedByThoseWhoMay() {
        assertThat(mentioned(say(bob, "@all see this"))).containsExactly("all");
        assertThat(List.of(unread(ada), unread(bob), unread(cyd))).containsExactly(1L, 0L, 1L);

        LAB.update("UPDATE conversations SET permissions = '{\"mention_all\": 2}' WHERE id = ?", room);
        assertThat(mentioned(say(bob, "@all again"))).isEmpty();
        assertThat(mentioned(say(ada, "@here then"))).containsExactly("here");
        assertThat(unread(cyd)).isEqualTo(2);
    }

    @Test
    void theClientMayNameWhomItMeans() {
        Send send = new Send(
                TENANT,
                ada,
                room,
                new MessageDraft(
                        Ids.next(),
                        "text",
                        "Hi Bob and " + at(cyd),
                        List.of(new NewMention(bob, null, 3, 3)),
                        null,
                        null,
                        null,
                        null),
                0);

        MessageView said = LAB.ask(MessageActions.SEND, room, send).message();

        assertThat(mentioned(said)).containsExactly(bob.toString());
        assertThat(said.fields().get("mentions").get(0).get("name").asText()).isEqualTo("Bob");
        assertThat(unread(cyd)).isZero();
    }

    @Test
    void anEditMayMentionOthersAndADeletionNobody() {
        MessageView said = say(ada, "Hello " + at(bob));
        edit(said, "Hello " + at(cyd));
        assertThat(List.of(unread(bob), unread(cyd))).containsExactly(0L, 1L);

        MessageView plain = edit(said, "Hello");
        assertThat(plain.fields()).doesNotContainKey("mentions");
        assertThat(unread(cyd)).isZero();
        edit(said, "Hello " + at(cyd));
        LAB.ask(MessageActions.DELETE, room, new MessageActions.Change(TENANT, ada, room, said.id()));
        assertThat(unread(cyd)).isZero();
    }

    @Test
    void whoIsMeantTwiceIsMentionedOnce() {
        say(ada, "@all and " + at(bob) + " and " + at(bob));

        assertThat(unread(bob)).isEqualTo(1);
    }

    @Test
    void manyPeopleInOneBatchEachMentionTheirs() {
        List<io.vertx.core.Future<MessageActions.Sent>> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            UUID whom = i % 2 == 0 ? bob : cyd;
            String text = i % 5 == 0 ? "nobody" : "to " + at(whom);
            sent.add(LAB.bus().ask(MessageActions.SEND, room, Send.text(TENANT, ada, room, Ids.next(), text)));
        }
        List<MessageView> said = sent.stream()
                .map(PersistenceLab::await)
                .map(MessageActions.Sent::message)
                .toList();

        for (int i = 0; i < said.size(); i++) {
            assertThat(said.get(i).number()).isEqualTo(said.getFirst().number() + i);
            List<String> expected = i % 5 == 0 ? List.of() : List.of((i % 2 == 0 ? bob : cyd).toString());
            assertThat(mentioned(said.get(i))).isEqualTo(expected);
        }
        assertThat(unread(bob) + unread(cyd)).isEqualTo(32);
    }

    /** Whatever is said, edited, deleted and read, the counts are those that counting gives. */
    @Test
    void unreadMentionsAreAlwaysWhatCountingGives() {
        Random random = new Random(SEED);
        System.out.println("-Dseed=" + SEED);
        List<UUID> people = List.of(ada, bob, cyd);
        Map<UUID, Long> read = new TreeMap<>(Map.of(ada, 0L, bob, 0L, cyd, 0L));
        Map<Long, MessageView> messages = new TreeMap<>();
        Map<Long, Set<UUID>> meant = new TreeMap<>();
        for (int step = 0; step < 120; step++) {
            UUID actor = people.get(random.nextInt(3));
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    Set<UUID> whom = new HashSet<>();
                    String text = text(random, people, whom);
                    MessageView said = say(actor, text);
                    messages.put(said.number(), said);
                    whom.remove(actor);
                    meant.put(said.number(), whom);
                }
                case 3 -> {
                    long number = messages.isEmpty() ? 0 : random.nextInt(messages.size()) + 1;
                    LAB.ask(ReceiptActions.MARK, room, new MarkUpTo(TENANT, actor, room, Kind.READ, number));
                    read.merge(actor, number, Math::max);
                }
                case 4 -> {
                    MessageView one = any(random, messages);
                    if (one != null && meant.containsKey(one.number())) {
                        Set<UUID> whom = new HashSet<>();
                        edit(one, text(random, people, whom));
                        whom.remove(one.sender());
                        meant.put(one.number(), whom);
                    }
                }
                default -> {
                    MessageView one = any(random, messages);
                    if (one != null) {
                        LAB.ask(
                                MessageActions.DELETE,
                                room,
                                new MessageActions.Change(TENANT, one.sender(), room, one.id()));
                        meant.remove(one.number());
                    }
                }
            }
        }
        for (UUID person : people) {
            long mark = LAB.number(
                    "SELECT coalesce(max(read_number), 0) FROM marks WHERE conversation_id = ? AND user_id = ?",
                    room,
                    person);
            assertThat(mark).isGreaterThanOrEqualTo(read.get(person));
            assertThat(unread(person))
                    .isEqualTo(meant.entrySet().stream()
                            .filter(entry ->
                                    entry.getKey() > mark && entry.getValue().contains(person))
                            .count());
        }
    }

    private static MessageView any(Random random, Map<Long, MessageView> messages) {
        return messages.isEmpty() ? null : messages.get((long) random.nextInt(messages.size()) + 1);
    }

    private static String text(Random random, List<UUID> people, Set<UUID> whom) {
        return switch (random.nextInt(4)) {
            case 0 -> "nobody " + random.nextInt();
            case 1 -> {
                whom.addAll(people);
                yield "@all " + random.nextInt();
            }
            default -> {
                UUID one = people.get(random.nextInt(3));
                whom.add(one);
                yield at(one) + " " + random.nextInt();
            }
        };
    }
}

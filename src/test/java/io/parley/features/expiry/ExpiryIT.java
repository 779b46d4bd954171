package io.parley.features.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Frame;
import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is left of a message when its time has come, before the sweep and after it. */
class ExpiryIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(ExpiryLab::features);

    private final ExpiryLab lab = new ExpiryLab(LAB);
    private final String word = "Quagga" + LAB.number("SELECT count(*) FROM users") + "x";
    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = lab.groups.group(owner, ada, bob);

    private JsonNode say(UUID sender) {
        return lab.say(sender, room, "See the " + word, 60);
    }

    private void edit(JsonNode message, String text) {
        lab.call(ada, "editMessage", ExpiryLab.of(room, message), "{\"text\": \"" + text + "\"}");
    }

    private Map<String, Object> withEmoji(JsonNode message) {
        return Map.of("conversationId", room, "messageId", message.get("id").asText(), "emoji", "👍");
    }

    private UUID openThread(JsonNode message) {
        JsonNode thread = lab.ask(bob, "openThread", ExpiryLab.of(room, message), "", "Thread");
        return UUID.fromString(thread.get("conversation").asText());
    }

    private long head() {
        return lab.groups.conversation(owner, room).get("lastVersion").asLong();
    }

    private String forwarding(JsonNode message) {
        return "{\"type\": \"forward\", \"forward\": {\"conversation\": \"%s\", \"message\": \"%s\"}}"
                .formatted(room, message.get("id").asText());
    }

    private static String name(UUID person) {
        return LAB.column(String.class, "SELECT username FROM users WHERE id = ?", person)
                .getFirst();
    }

    private static JsonNode withoutVersion(JsonNode message) {
        return message.<ObjectNode>deepCopy().without("version");
    }

    @Test
    void whenItsTimeHasComeNobodyReadsItByAnyWayBeforeTheSweep() {
        JsonNode said = say(ada);
        edit(said, "Edited " + word);
        lab.call(owner, "pinMessage", ExpiryLab.of(room, said), "");
        lab.call(bob, "addReaction", withEmoji(said), "");
        openThread(said);
        long before = head();
        lab.letTimeCome(room);

        List<JsonNode> answers = List.of(
                lab.read(ada, room, said),
                lab.history(bob, room),
                lab.changes(bob, room, 0),
                lab.groups.conversation(bob, room),
                lab.ask(bob, "listPins", GroupLab.in(room), "", "PinList"),
                lab.ask(bob, "listConversations", Map.of(), "", "ConversationList"));

        assertThat(answers.toString()).doesNotContain(word);
        assertThat(lab.traces(word)).contains("messages.content", "message_edits.content");
        assertThat(lab.refused(ada, "listEdits", ExpiryLab.of(room, said), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(lab.refused(ada, "editMessage", ExpiryLab.of(room, said), "{\"text\": \"More\"}"))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(lab.refused(ada, "addReaction", withEmoji(said), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(lab.refused(bob, "getThread", ExpiryLab.of(room, said), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(lab.refused(owner, "unpinMessage", ExpiryLab.of(room, said), ""))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(lab.refused(ada, "sendMessage", GroupLab.in(room), forwarding(said)))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(head()).isEqualTo(before);
    }

    @Test
    void theSweepLeavesNoTraceOfItInAnyTable() {
        JsonNode said = say(ada);
        edit(said, "Edited @" + name(bob) + " https://example.org/" + word);
        lab.call(owner, "pinMessage", ExpiryLab.of(room, said), "");
        lab.call(bob, "addReaction", withEmoji(said), "");
        lab.say(bob, openThread(said), "About the " + word, null);
        String answer = "\"type\": \"text\", \"text\": \"Yes\", \"replyTo\": " + said.get("id");
        lab.send(bob, room, answer);
        assertThat(lab.traces(word)).contains("messages.content", "message_edits.content");
        assertThat(lab.mentions(bob, room)).isEqualTo(1);
        lab.letTimeCome(room);

        lab.sweep();

        assertThat(lab.traces(word)).isEmpty();
        for (String table : List.of("message_edits", "reactions", "pins", "mentions")) {
            assertThat(LAB.number("SELECT count(*) FROM " + table + " WHERE conversation_id = ?", room))
                    .as(table)
                    .isZero();
        }
        assertThat(LAB.number("SELECT count(*) FROM messages WHERE fingerprint IS NOT NULL AND id = ?", id(said)))
                .isZero();
    }

    private static UUID id(JsonNode message) {
        return UUID.fromString(message.get("id").asText());
    }

    @Test
    void whatSomebodyDeletesForAllLeavesNoTraceEither() {
        JsonNode said = say(ada);
        edit(said, "Edited " + word);
        lab.say(bob, openThread(said), "About the " + word, null);

        lab.call(ada, "deleteMessage", ExpiryLab.of(room, said), "");
        lab.sweep();

        assertThat(lab.traces(word)).isEmpty();
    }

    @Test
    void aTombstoneStaysInItsPlaceAndIsTheSameBeforeTheSweepAndAfterIt() {
        JsonNode said = say(ada);
        lab.letTimeCome(room);
        JsonNode before = lab.read(bob, room, said);
        long version = head();

        lab.sweep();

        JsonNode after = lab.read(bob, room, said);
        assertThat(after.get("expired").asBoolean()).isTrue();
        assertThat(after.get("deletedAt")).isEqualTo(after.get("expiresAt"));
        assertThat(after.get("number")).isEqualTo(said.get("number"));
        assertThat(after.get("sender").asText()).isEqualTo(ada.toString());
        assertThat(after.get("version").asLong()).isEqualTo(version + 1);
        assertThat(withoutVersion(after)).isEqualTo(withoutVersion(before));
        assertThat(lab.changes(bob, room, version).get("messages")).containsExactly(after);
    }

    @Test
    void everybodyIsToldWithAllThatDisappearTogetherInOneEvent() {
        List<String> said = IntStream.range(0, 250)
                .mapToObj(i -> say(ada).get("id").asText())
                .toList();
        JsonNode stays = lab.say(ada, room, "Stays", null);
        long before = head();
        lab.letTimeCome(room);

        lab.sweep();

        List<JsonNode> events = LAB.frames(room).stream()
                .map(LAB::content)
                .filter(event -> event.path("reason").asText().equals("expired"))
                .toList();
        assertThat(events).extracting(event -> event.get("messages").size()).containsOnly(50);
        assertThat(head()).isEqualTo(before + 5);
        Set<String> gone = new HashSet<>();
        events.forEach(event -> event.get("messages").forEach(tombstone -> {
            gone.add(tombstone.get("id").asText());
            assertThat(tombstone.get("version")).isEqualTo(event.get("version"));
            assertThat(tombstone.has("text")).isFalse();
        }));
        assertThat(gone).containsExactlyInAnyOrderElementsOf(said);
        assertThat(lab.read(bob, room, stays)).isEqualTo(stays);
        lab.sweep();
        assertThat(head()).isEqualTo(before + 5);
    }

    @Test
    void eventsAppliedToAnOldStateGiveTheSameAsReadingItAfresh() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<JsonNode> said = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            switch (random.nextInt(said.isEmpty() ? 1 : 8)) {
                case 0, 1, 2 -> said.add(lab.say(random.nextBoolean() ? ada : bob, room, word + i, 60));
                case 3 -> said.add(lab.say(owner, room, "Stays " + i, null));
                case 4 -> lab.call(owner, "pinMessage", ExpiryLab.of(room, lab.say(ada, room, "Pinned", 60)), "");
                case 5 ->
                    lab.call(owner, "deleteMessage", ExpiryLab.of(room, said.get(random.nextInt(said.size()))), "");
                case 6 -> lab.groups.update(owner, room, "{\"disappearAfter\": " + (10 + random.nextInt(100)) + "}");
                default -> {
                    lab.letTimeCome(room);
                    lab.sweep();
                }
            }
        }

        Map<Long, JsonNode> held = new TreeMap<>();
        Map<String, JsonNode> settings = new TreeMap<>();
        LAB.frames(room).stream()
                .sorted(Comparator.comparingLong(Frame::version))
                .map(LAB::content)
                .forEach(event -> {
                    event.path("messages")
                            .forEach(message -> held.put(message.get("number").asLong(), message));
                    if (event.has("message")) {
                        held.put(event.at("/message/number").asLong(), event.get("message"));
                    }
                    event.path("data").properties().forEach(field -> settings.put(field.getKey(), field.getValue()));
                });

        Map<Long, JsonNode> read = new TreeMap<>();
        lab.changes(bob, room, 0)
                .get("messages")
                .forEach(one -> read.put(one.get("number").asLong(), one));
        assertThat(held.keySet()).isEqualTo(read.keySet());
        assertThat(held).isEqualTo(read);
        assertThat(settings.get("disappearAfter"))
                .isEqualTo(lab.groups.conversation(bob, room).get("disappearAfter"));
    }

    /** Some pages end amid those that have disappeared together. */
    @Test
    void whoWasAwayLearnsOfEachOfThemHoweverManyTheyAre() {
        for (int i = 0; i < 1_130; i++) {
            say(ada);
        }
        long before = head();
        lab.letTimeCome(room);
        lab.sweep();

        Set<Long> gone = new HashSet<>();
        long after = before;
        JsonNode changes;
        do {
            changes = lab.changes(bob, room, after);
            changes.get("messages").forEach(one -> {
                assertThat(one.has("deletedAt")).isTrue();
                gone.add(one.get("number").asLong());
            });
            assertThat(changes.get("version").asLong()).isGreaterThan(after);
            after = changes.get("version").asLong();
        } while (changes.get("more").asBoolean());

        assertThat(gone).hasSize(1_130);
        assertThat(after).isEqualTo(head());
    }

    @Test
    void whatIsGoneIsNotUnreadAnyMore() {
        say(ada);
        lab.say(ada, room, "Stays", null);
        lab.say(ada, room, "@all come, " + word, 60);
        lab.say(bob, room, "My own", 60);
        assertThat(lab.unread(owner, room)).isEqualTo(4);
        assertThat(lab.unread(bob, room)).isEqualTo(3);

        lab.letTimeCome(room);
        assertThat(lab.unread(bob, room)).isEqualTo(1);
        assertThat(lab.mentions(bob, room)).isZero();
        lab.sweep();

        assertThat(lab.unread(owner, room)).isEqualTo(1);
        assertThat(lab.unread(bob, room)).isEqualTo(1);
        assertThat(lab.mentions(bob, room)).isZero();
        lab.call(bob, "markRead", GroupLab.in(room), "{\"number\": 100}");
        assertThat(lab.unread(bob, room)).isZero();
        say(ada);
        assertThat(lab.unread(bob, room)).isEqualTo(1);
    }

    @Test
    void whatSomebodyHadHiddenFromHimselfIsNotCountedOutTwice() {
        JsonNode said = say(ada);
        lab.say(ada, room, "Stays", null);
        LAB.number(
                "SELECT (hide_messages(tenant_id, id, ?, ARRAY[?]::uuid[], 100)).user_version FROM users WHERE id = ?",
                room,
                id(said),
                bob);
        assertThat(lab.unread(bob, room)).isEqualTo(1);

        lab.letTimeCome(room);
        lab.sweep();

        assertThat(lab.unread(bob, room)).isEqualTo(1);
    }

    @Test
    void whatSomebodyHasDeletedForAllIsNotUnreadEither() {
        JsonNode said = lab.say(ada, room, "Oops", null);
        lab.say(ada, room, "Stays", null);

        lab.call(ada, "deleteMessage", ExpiryLab.of(room, said), "");

        assertThat(lab.unread(bob, room)).isEqualTo(1);
    }

    @Test
    void itsThreadEndsWithItAndWhatWasSaidThereGoesToo() {
        JsonNode said = say(ada);
        UUID thread = openThread(said);
        for (int i = 0; i < 20; i++) {
            lab.say(bob, thread, "Reply with " + word, null);
        }
        lab.letTimeCome(room);

        lab.sweep();

        assertThat(lab.refused(bob, "listMessages", GroupLab.in(thread), "")).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(LAB.content(LAB.frames(thread).getLast()).get("type").asText())
                .isEqualTo("conversation.deleted");
        assertThat(lab.traces(word)).isEmpty();
    }

    @Test
    void severalWithThreadsGoInOneSweep() {
        List<UUID> threads =
                IntStream.range(0, 5).mapToObj(i -> openThread(say(ada))).toList();
        lab.letTimeCome(room);

        lab.sweep();

        for (UUID thread : threads) {
            assertThat(lab.refused(bob, "listMessages", GroupLab.in(thread), ""))
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(lab.unread(bob, room)).isZero();
    }

    @Test
    void aForwardedCopyIsAMessageOfItsOwnAndSaysNothingOfWhereItComesFrom() {
        UUID other = lab.groups.group(bob);
        JsonNode said = say(ada);

        JsonNode copy = lab.ask(bob, "sendMessage", GroupLab.in(other), forwarding(said), "Message");
        lab.letTimeCome(room);
        lab.sweep();

        assertThat(lab.read(bob, other, copy)).isEqualTo(copy);
        assertThat(copy.get("text").asText()).contains(word);
        assertThat(copy.get("forwarded")).isEmpty();
        assertThat(lab.refused(bob, "editMessage", ExpiryLab.of(other, copy), "{\"text\": \"Mine\"}"))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(lab.traces(said.get("id").asText())).containsExactly("messages.id");
    }

    @Test
    void sendingAgainWhatIsGoneMakesNoSecondMessage() {
        String fields = "\"id\": \"%s\", \"type\": \"text\", \"text\": \"%s\", \"disappearAfter\": 60"
                .formatted(Ids.next(), word);
        JsonNode said = lab.send(ada, room, fields);
        lab.letTimeCome(room);
        lab.sweep();

        JsonNode again = lab.send(ada, room, fields);

        assertThat(again.get("number")).isEqualTo(said.get("number"));
        assertThat(lab.traces(word)).isEmpty();
        assertThat(lab.refused(bob, "sendMessage", GroupLab.in(room), "{" + fields + "}"))
                .isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void whatWasSaidInADeletedGroupDisappearsThereToo() {
        say(ada);
        lab.call(owner, "deleteConversation", GroupLab.in(room), "");
        lab.letTimeCome(room);

        lab.sweep();

        assertThat(lab.traces(word)).isEmpty();
    }
}

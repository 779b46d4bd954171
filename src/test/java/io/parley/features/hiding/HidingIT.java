package io.parley.features.hiding;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.PersonalSteps;
import io.parley.features.RestLab;
import io.parley.features.hiding.HidingActions.Clear;
import io.parley.features.hiding.HidingActions.Hidden;
import io.parley.features.hiding.HidingActions.HiddenList;
import io.parley.features.hiding.HidingActions.Hide;
import io.parley.features.hiding.HidingActions.ListHidden;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageView;
import io.parley.features.threads.ThreadActions;
import io.parley.features.threads.ThreadActions.ThreadView;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people delete for themselves is nowhere for them, and there for everybody else. */
class HidingIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(PersonalSteps::features);

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = steps.group(ada, bob);
    private final List<MessageView> said = new ArrayList<>();

    private void talk(int messages) {
        for (int i = 0; i < messages; i++) {
            said.add(steps.say(bob, room, "Message " + i));
        }
    }

    private ErrorCode notThere(UUID person, MessageView message) {
        return LAB.refusal(
                        MessageActions.GET,
                        new MessageActions.Get(TENANT, person, message.conversation(), message.id()))
                .code();
    }

    private MessageActions.Changes changes(UUID person, UUID conversation, long after) {
        MessageActions.Changes changes =
                LAB.ask(MessageActions.CHANGES, new MessageActions.ChangesSince(TENANT, person, conversation, after));
        LAB.checked("Changes", changes);
        return changes;
    }

    private JsonNode lastEvent(UUID person) {
        return LAB.content(LAB.personalFrames(person).getLast());
    }

    @Test
    void aHiddenMessageIsNotInTheHistoryOfWhoHidIt() {
        talk(5);

        steps.hide(ada, said.get(1), said.get(3));

        assertThat(steps.history(ada, room)).containsExactly(1L, 3L, 5L);
        assertThat(steps.history(bob, room)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(notThere(ada, said.get(1))).isEqualTo(ErrorCode.NOT_FOUND);
        MessageActions.History around = new MessageActions.History(TENANT, ada, room, null, null, 2L, 2);
        assertThat(LAB.ask(MessageActions.HISTORY, around).items())
                .extracting(MessageView::number)
                .containsExactly(1L, 3L);
        JsonNode event = lastEvent(ada);
        assertThat(event.get("type").textValue()).isEqualTo("message.hidden");
        assertThat(event.get("numbers").toString()).isEqualTo("[2,4]");
        assertThat(LAB.personalFrames(bob))
                .noneMatch(frame -> LAB.content(frame).get("type").textValue().equals("message.hidden"));
    }

    @Test
    void aClearedHistoryIsGoneUpToItsNumberAndWhatComesLaterIsThere() {
        talk(4);

        steps.clear(ada, room, 3);
        assertThat(steps.history(ada, room)).containsExactly(4L);
        assertThat(lastEvent(ada).get("upTo").longValue()).isEqualTo(3);
        steps.clear(ada, room, 1_000_000);
        steps.say(bob, room, "Later");

        assertThat(steps.history(ada, room)).containsExactly(5L);
        assertThat(notThere(ada, said.getFirst())).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(steps.history(bob, room)).hasSize(5);
    }

    @Test
    void hidingAgainChangesNothing() {
        talk(3);
        steps.hide(ada, said.get(1));
        steps.clear(ada, room, 1);
        long version = steps.userVersion(ada);

        steps.hide(ada, said.get(1));
        steps.hide(ada, said.get(0));
        steps.clear(ada, room, 1);
        steps.clear(ada, room, 0);

        assertThat(steps.userVersion(ada)).isEqualTo(version);
    }

    @Test
    void whatIsNotThereNeedNotBeHidden() {
        talk(1);
        MessageView elsewhere = steps.say(bob, steps.group(bob), "Elsewhere");

        LAB.ask(
                HidingActions.HIDE,
                new Hide(
                        TENANT,
                        ada,
                        room,
                        List.of(Ids.next(), elsewhere.id(), said.getFirst().id())));

        assertThat(steps.hidden(ada, 0))
                .singleElement()
                .extracting(Hidden::numbers)
                .isEqualTo(List.of(1L));
    }

    @Test
    void strangersAndOtherTenantsHaveNothingToHide() {
        talk(1);
        UUID stranger = LAB.person();
        List<UUID> ids = List.of(said.getFirst().id());

        for (Hide hide : List.of(new Hide(TENANT, stranger, room, ids), new Hide(Ids.next(), ada, room, ids))) {
            assertThat(LAB.refusal(HidingActions.HIDE, hide).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        for (Clear clear : List.of(new Clear(TENANT, stranger, room, 1), new Clear(Ids.next(), ada, room, 1))) {
            assertThat(LAB.refusal(HidingActions.CLEAR, clear).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        steps.hide(ada, said.getFirst());
        assertThat(LAB.ask(HidingActions.LIST, new ListHidden(Ids.next(), ada, 0, 10))
                        .items())
                .isEmpty();
    }

    @Test
    void changesTellOfItAsATombstone() {
        talk(3);
        steps.hide(ada, said.get(1));
        steps.clear(ada, room, 1);

        MessageActions.Changes changes = changes(ada, room, 1);

        assertThat(changes.messages()).extracting(MessageView::number).containsExactly(1L, 2L, 3L);
        assertThat(changes.messages().subList(0, 2))
                .allSatisfy(message -> assertThat(Json.text(message.fields())).isEqualTo("{\"hidden\":true}"));
        assertThat(changes.messages().get(2).text()).isEqualTo("Message 2");
        assertThat(changes(bob, room, 1).messages()).allMatch(message -> message.text() != null);
    }

    @Test
    void thePreviewIsTheLastMessageThatIsLeft() {
        talk(4);

        steps.hide(ada, said.get(3), said.get(2));
        assertThat(steps.view(ada, room).lastMessage()).isEqualTo(said.get(1));
        assertThat(steps.view(ada, room).lastNumber()).isEqualTo(4);
        steps.clear(ada, room, 4);
        assertThat(steps.view(ada, room).lastMessage()).isNull();

        assertThat(steps.view(bob, room).lastMessage()).isEqualTo(said.get(3));
    }

    @Test
    void thePreviewReachesNotBackBeforeHisJoining() {
        UUID closed = steps.group("since_join", ada, bob);
        steps.say(ada, closed, "Secret");
        UUID cyd = LAB.person();
        steps.add(ada, closed, cyd);
        MessageView announced = steps.view(cyd, closed).lastMessage();

        steps.hide(cyd, announced);

        assertThat(steps.view(cyd, closed).lastMessage()).isNull();
    }

    @Test
    void nothingHiddenIsUnread() {
        talk(6);
        MessageView own = steps.say(ada, room, "Mine");
        assertThat(steps.view(ada, room).unread()).isEqualTo(6);

        steps.hide(ada, said.get(4), own);
        assertThat(steps.view(ada, room).unread()).isEqualTo(5);
        steps.clear(ada, room, 3);
        assertThat(steps.view(ada, room).unread()).isEqualTo(2);
        steps.read(ada, room, 4);
        assertThat(steps.view(ada, room).unread()).isEqualTo(1);
        steps.hide(ada, said.get(0), said.get(5));
        assertThat(steps.view(ada, room).unread()).isZero();
    }

    /** Any order of sending, hiding, clearing, reading, leaving and coming back. */
    @Test
    void unreadCountsHistoriesAndPreviewsAreWhatCountingTells() {
        System.out.println("-Dseed=" + SEED);
        Random random = new Random(SEED);
        UUID cyd = LAB.person();
        steps.add(ada, room, cyd);
        for (int i = 0; i < 150; i++) {
            UUID person = random.nextBoolean() ? bob : cyd;
            switch (random.nextInt(8)) {
                case 0 -> steps.read(person, room, random.nextInt(said.size() + 2));
                case 1 -> steps.clear(person, room, random.nextInt(said.size() / 4 + 1));
                case 2, 3 -> {
                    if (!said.isEmpty()) {
                        steps.hide(person, said.get(random.nextInt(said.size())));
                    }
                }
                case 4 -> {
                    if (random.nextInt(10) == 0) {
                        steps.remove(ada, room, person);
                        steps.add(ada, room, person);
                    }
                }
                default -> said.add(steps.say(random.nextInt(3) == 0 ? ada : person, room, "Message " + i));
            }
            check(bob);
            check(cyd);
        }
    }

    private void check(UUID person) {
        long counted = LAB.number("""
                SELECT count(*) FROM messages s
                  JOIN members m ON m.conversation_id = s.conversation_id AND m.user_id = ?
                  LEFT JOIN marks k ON k.conversation_id = s.conversation_id AND k.user_id = m.user_id
                 WHERE s.conversation_id = ? AND s.counts AND s.sender_id <> m.user_id
                   AND s.number > coalesce(k.read_number, 0) AND s.number >= m.from_number
                   AND NOT EXISTS (SELECT FROM hidden_messages h
                                    WHERE h.user_id = m.user_id AND h.conversation_id = s.conversation_id
                                      AND h.number = s.number)
                   AND s.number > coalesce((SELECT x.cleared_number FROM hidden_histories x
                                             WHERE x.user_id = m.user_id AND x.conversation_id = s.conversation_id), 0)""", person, room);
        assertThat(steps.view(person, room).unread()).isEqualTo(counted);
        List<Long> left = LAB.column(
                Long.class,
                "SELECT number FROM (SELECT number FROM messages s WHERE conversation_id = ? AND NOT hidden_for(?, s.conversation_id, number)"
                        + " ORDER BY number DESC LIMIT 100) s ORDER BY number",
                room,
                person);
        assertThat(steps.history(person, room)).isEqualTo(left);
        MessageView last = steps.view(person, room).lastMessage();
        assertThat(last == null ? List.of() : List.of(last.number()))
                .isEqualTo(left.isEmpty() ? List.of() : List.of(left.getLast()));
    }

    @Test
    void inAThreadMessagesAreHiddenAndClearedByThemselves() {
        talk(1);
        UUID thread = steps.thread(bob, said.getFirst()).conversation();
        MessageView one = steps.say(bob, thread, "One");
        steps.say(bob, thread, "Two");
        steps.thread(ada, said.getFirst());

        steps.hide(ada, one);
        assertThat(steps.history(ada, thread)).containsExactly(2L);
        steps.clear(ada, room, 1);
        assertThat(steps.history(ada, thread)).as("a thread by itself").containsExactly(2L);
        steps.clear(ada, thread, 2);

        assertThat(steps.history(ada, thread)).isEmpty();
        ThreadView seen = LAB.ask(
                ThreadActions.GET,
                new ThreadActions.Get(TENANT, ada, room, said.getFirst().id()));
        assertThat(seen.lastMessage()).isNull();
        assertThat(Json.text(seen.message().fields())).isEqualTo("{\"hidden\":true}");
        assertThat(steps.history(bob, thread)).containsExactly(1L, 2L);
    }

    @Test
    void whatWasHiddenIsListedInTheOrderOfItsVersionsAndClearingTakesItsPlace() {
        talk(5);
        UUID other = steps.group(ada, bob);
        MessageView elsewhere = steps.say(bob, other, "Elsewhere");
        steps.hide(ada, said.get(0), said.get(4));
        steps.hide(ada, elsewhere);
        long between = steps.userVersion(ada);
        steps.clear(ada, room, 2);

        List<Hidden> all = new ArrayList<>();
        String next = "0";
        do {
            HiddenList page = LAB.ask(HidingActions.LIST, new ListHidden(TENANT, ada, Long.parseLong(next), 1));
            LAB.checked("HiddenList", page);
            all.addAll(page.items());
            next = page.next();
        } while (next != null);

        assertThat(all).extracting(Hidden::numbers).containsExactly(List.of(5L), List.of(1L), null);
        assertThat(all.getLast().upTo()).isEqualTo(2);
        assertThat(steps.hidden(ada, between)).containsExactly(all.getLast());
        assertThat(steps.hidden(bob, 0)).isEmpty();
    }

    @Test
    void thereIsABoundOfSingleMessages() {
        talk(2);
        LAB.update(
                "INSERT INTO hidden_histories (tenant_id, user_id, conversation_id, root_id, singles) VALUES (?, ?, ?, ?, 999)",
                TENANT,
                ada,
                room,
                room);
        List<UUID> ids = said.stream().map(MessageView::id).toList();

        assertThat(LAB.refusal(HidingActions.HIDE, new Hide(TENANT, ada, room, ids))
                        .code())
                .isEqualTo(ErrorCode.CONFLICT);
        steps.hide(ada, said.getFirst());
        assertThat(steps.history(ada, room)).containsExactly(2L);
    }

    @Test
    void whatIsHiddenIsHiddenAlsoAfterComingBack() {
        talk(2);
        steps.hide(bob, said.getFirst());

        steps.remove(ada, room, bob);
        steps.add(ada, room, bob);

        assertThat(steps.history(bob, room)).doesNotContain(1L).contains(2L);
    }

    @Test
    void overRestNothingIsAnsweredButThatItIsDone() {
        talk(2);
        RestLab rest = new RestLab(new HidingFeature(ConfigLoader.load(null, Map.of())));
        Map<String, Object> where = Map.of("conversationId", room);
        String body = "{\"messages\":[\"" + said.getFirst().id() + "\"]}";

        assertThat(rest.call(LAB, ada, "hideMessages", where, body).status()).isEqualTo(204);
        assertThat(rest.call(LAB, ada, "clearHistory", where, "{\"number\":2}").status())
                .isEqualTo(204);
        JsonNode listed = rest.checked("HiddenList", rest.call(LAB, ada, "listHidden", Map.of("after", 0L), ""));
        assertThat(listed.get("items")).hasSize(1);
        assertThat(listed.at("/items/0/upTo").longValue()).isEqualTo(2);
    }
}

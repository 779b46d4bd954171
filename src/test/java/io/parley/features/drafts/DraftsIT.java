package io.parley.features.drafts;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.PersonalSteps;
import io.parley.features.RestLab;
import io.parley.features.drafts.DraftActions.Begun;
import io.parley.features.drafts.DraftActions.Draft;
import io.parley.features.drafts.DraftActions.Drafts;
import io.parley.features.drafts.DraftActions.ListOwn;
import io.parley.features.drafts.DraftActions.Save;
import io.parley.features.messages.MessageView;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Drafts: kept, told, merged, listed and gone. */
class DraftsIT {
    private static final int MOST = 500;

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(PersonalSteps::features);

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = steps.group(ada, bob);

    private static Future<Nothing> save(UUID person, UUID conversation, String text) {
        Save save = new Save(TENANT, person, conversation, new Begun(text, null));
        return LAB.bus().ask(DraftActions.SAVE, conversation, save);
    }

    private static ErrorCode refused(Save save) {
        return LAB.refusal(DraftActions.SAVE, save.conversation(), save).code();
    }

    private static List<JsonNode> told(UUID person) {
        return LAB.personalFrames(person).stream()
                .map(LAB::content)
                .filter(event -> event.get("type").textValue().startsWith("draft."))
                .toList();
    }

    @Test
    void aDraftIsHisAloneAndToldToHisDevicesAsItIs() {
        MessageView said = steps.say(bob, room, "Well?");
        Save reply = new Save(TENANT, ada, room, new Begun("I th", said.id()));

        LAB.ask(DraftActions.SAVE, room, reply);

        Drafts drafts = LAB.ask(DraftActions.LIST, new ListOwn(TENANT, ada, 50, null));
        JsonNode listed = LAB.checked("DraftList", drafts).at("/items/0");
        assertThat(listed.get("text").textValue()).isEqualTo("I th");
        assertThat(listed.get("replyTo").textValue()).isEqualTo(said.id().toString());
        assertThat(told(ada)).singleElement().satisfies(event -> {
            assertThat(event.get("draft")).isEqualTo(listed);
            assertThat(event.get("userVersion").longValue()).isEqualTo(steps.userVersion(ada));
        });
        assertThat(steps.drafts(bob)).isEmpty();
    }

    @Test
    void ofManyKeystrokesTheLastIsWrittenAndAllAreAnswered() {
        long version = steps.userVersion(ada);
        List<Future<Nothing>> keystrokes = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            keystrokes.add(save(ada, room, "x".repeat(i)));
        }

        PersistenceLab.await(Future.all(keystrokes));

        assertThat(steps.drafts(ada))
                .singleElement()
                .satisfies(draft -> assertThat(draft.text()).hasSize(200));
        assertThat(steps.userVersion(ada)).isLessThanOrEqualTo(version + 2);
        assertThat(told(ada)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void whatManyPeopleTypeAtOnceIsFewRowsOfTheJournal() {
        List<UUID> people = LAB.people(100);
        UUID crowd = steps.group(ada, people.toArray(UUID[]::new));
        long rows = LAB.number("SELECT count(*) FROM journal");

        PersistenceLab.await(Future.all(
                people.stream().map(person -> save(person, crowd, "I say")).toList()));

        assertThat(LAB.number("SELECT count(*) FROM journal")).isLessThanOrEqualTo(rows + 2);
        assertThat(people).allSatisfy(person -> {
            assertThat(steps.drafts(person)).hasSize(1);
            assertThat(told(person)).hasSize(1);
        });
    }

    @Test
    void whatIsTakenLastHolds() {
        PersistenceLab.await(Future.all(save(ada, room, "From the phone"), save(ada, room, "From the tablet")));
        assertThat(steps.drafts(ada)).extracting(Draft::text).containsExactly("From the tablet");

        steps.draft(ada, room, "And on");
        steps.draft(ada, room, null);

        assertThat(steps.drafts(ada)).isEmpty();
        assertThat(told(ada).getLast().get("type").textValue()).isEqualTo("draft.removed");
    }

    @Test
    void theSameAgainChangesNothing() {
        steps.draft(ada, room, "Same");
        long version = steps.userVersion(ada);

        steps.draft(ada, room, "Same");
        steps.draft(bob, room, null);

        assertThat(steps.userVersion(ada)).isEqualTo(version);
        assertThat(told(bob)).isEmpty();
    }

    @Test
    void sendingLeavesTheDraft() {
        steps.draft(ada, room, "Hello");

        steps.say(ada, room, "Hello");

        assertThat(steps.drafts(ada)).hasSize(1);
    }

    @Test
    void aThreadHasADraftOfItsOwnAlsoForWhoDoesNotFollowIt() {
        UUID thread = steps.thread(ada, steps.say(ada, room, "What?")).conversation();

        steps.draft(bob, room, "In the room");
        steps.draft(bob, thread, "In the thread");

        assertThat(steps.drafts(bob)).extracting(Draft::conversation).containsExactly(thread, room);
        steps.remove(ada, room, bob);
        assertThat(steps.drafts(bob)).isEmpty();
        steps.add(ada, room, bob);
        assertThat(steps.drafts(bob)).as("after coming back").isEmpty();
    }

    @Test
    void strangersAndOtherTenantsKeepNothing() {
        Begun begun = new Begun("Let me in", null);
        assertThat(refused(new Save(TENANT, LAB.person(), room, begun))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(new Save(Ids.next(), ada, room, begun))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(new Save(TENANT, ada, Ids.next(), begun))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(new Save(TENANT, LAB.person(), room, null))).isEqualTo(ErrorCode.NOT_FOUND);
        steps.draft(ada, room, "Mine");
        assertThat(LAB.ask(DraftActions.LIST, new ListOwn(Ids.next(), ada, 10, null))
                        .items())
                .isEmpty();
    }

    @Test
    void aDraftIsNoLongerThanAMessageAndNotNothing() {
        assertThat(refused(new Save(TENANT, ada, room, new Begun("x".repeat(16_385), null))))
                .isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refused(new Save(TENANT, ada, room, new Begun("ä".repeat(8_193), null))))
                .isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refused(new Save(TENANT, ada, room, new Begun("", null)))).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refused(new Save(TENANT, ada, room, new Begun("a\u0000b", null))))
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
        steps.draft(ada, room, "x".repeat(16_384));
        LAB.ask(DraftActions.SAVE, room, new Save(TENANT, ada, room, new Begun("", Ids.next())));
    }

    @Test
    void thereIsABoundOfDrafts() {
        LAB.update("""
                WITH made AS (
                    INSERT INTO conversations (tenant_id, root_id, id, type, created_at, updated_at, member_count)
                    SELECT ?, id, id, 'group', now(), now(), 1
                      FROM (SELECT gen_random_uuid() AS id FROM generate_series(2, ?)) n
                    RETURNING tenant_id, id
                ), joined AS (
                    INSERT INTO members (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,
                                         from_number, from_version, from_counted)
                    SELECT tenant_id, id, id, ?, 'owner', true, 1, now(), 1, 1, 0 FROM made
                )
                INSERT INTO drafts (tenant_id, user_id, conversation_id, root_id, text, changed_at, user_version)
                SELECT tenant_id, ?, id, id, 'x', now(), 1 FROM made""", TENANT, MOST, ada, ada);
        LAB.update("""
                INSERT INTO drafts (tenant_id, user_id, conversation_id, root_id, text, changed_at, user_version)
                VALUES (?, ?, gen_random_uuid(), gen_random_uuid(), 'In a thread that has ended', now(), 1)""", TENANT, ada);
        UUID other = steps.group(ada);

        steps.draft(ada, room, "The last one");

        assertThat(refused(new Save(TENANT, ada, other, new Begun("One more", null))))
                .isEqualTo(ErrorCode.CONFLICT);
        steps.draft(ada, room, "Changed");
        steps.draft(ada, room, null);
        steps.draft(ada, other, "Now");
    }

    @Test
    void pagesAreTheLastChangedFirstAndNeverTooLong() {
        List<UUID> rooms = new ArrayList<>();
        List<Future<Nothing>> saved = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rooms.add(steps.group(ada));
            saved.add(save(ada, rooms.getLast(), "x".repeat(16_000)));
        }
        PersistenceLab.await(Future.all(saved));

        List<UUID> found = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            Drafts page = LAB.ask(DraftActions.LIST, new ListOwn(TENANT, ada, 100, cursor));
            page.items().forEach(draft -> found.add(draft.conversation()));
            cursor = page.next();
            pages++;
        } while (cursor != null);

        assertThat(found).containsExactlyInAnyOrderElementsOf(rooms);
        assertThat(pages).isEqualTo(2);
        assertThat(LAB.refusal(DraftActions.LIST, new ListOwn(TENANT, ada, 3, "x"))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void eachEventTakesTheNextVersion() {
        for (int i = 0; i < 3; i++) {
            steps.draft(ada, room, "Text " + i);
        }

        assertThat(LAB.personalFrames(ada))
                .extracting(PersonalFrame::userVersion)
                .isSorted()
                .doesNotHaveDuplicates()
                .last()
                .isEqualTo(steps.userVersion(ada));
    }

    @Test
    void overRestNothingIsAnsweredButThatItIsKept() {
        RestLab rest = new RestLab(new DraftsFeature(ConfigLoader.load(null, Map.of())));
        Map<String, Object> where = Map.of("conversationId", room);

        assertThat(rest.call(LAB, ada, "saveDraft", where, "{\"text\":\"Hello\"}")
                        .status())
                .isEqualTo(204);
        JsonNode listed = rest.checked("DraftList", rest.call(LAB, ada, "listDrafts", Map.of(), ""));
        assertThat(listed.at("/items/0/text").textValue()).isEqualTo("Hello");
        assertThat(rest.call(LAB, ada, "removeDraft", where, "").status()).isEqualTo(204);
    }
}

package io.parley.features.stars;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.PersonalSteps;
import io.parley.features.RestLab;
import io.parley.features.messages.MessageView;
import io.parley.features.stars.StarActions.Change;
import io.parley.features.stars.StarActions.ListOwn;
import io.parley.features.stars.StarActions.Star;
import io.parley.features.stars.StarActions.Stars;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stars: given, taken, listed, and gone with what they are on. */
class StarsIT {
    private static final int MOST = 1_000;

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(PersonalSteps::features);

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = steps.group(ada, bob);
    private final MessageView one = steps.say(ada, room, "One");
    private final MessageView two = steps.say(bob, room, "Two");

    private List<Long> numbers(UUID person) {
        return steps.stars(person).stream().map(star -> star.message().number()).toList();
    }

    private ErrorCode refused(UUID tenant, UUID person, MessageView message, boolean given) {
        Change change = new Change(tenant, person, message.conversation(), message.id(), given);
        return LAB.refusal(StarActions.CHANGE, change).code();
    }

    @Test
    void starsAreListedNewestFirstWithTheMessagesAsTheyAreNow() {
        steps.star(bob, two, true);
        steps.star(bob, one, true);
        MessageView edited = steps.edit(ada, one, "One!");

        Stars stars = LAB.ask(StarActions.LIST, new ListOwn(TENANT, bob, 50, null));

        LAB.checked("StarList", stars);
        assertThat(stars.items()).extracting(Star::message).containsExactly(edited, two);
        assertThat(numbers(ada)).isEmpty();
    }

    @Test
    void hisDevicesAreTold() {
        steps.star(ada, two, true);
        JsonNode added = LAB.content(LAB.personalFrames(ada).getLast());
        steps.star(ada, two, false);
        JsonNode removed = LAB.content(LAB.personalFrames(ada).getLast());

        assertThat(added.get("type").textValue()).isEqualTo("star.added");
        assertThat(added.get("message").textValue()).isEqualTo(two.id().toString());
        assertThat(removed.get("type").textValue()).isEqualTo("star.removed");
        assertThat(removed.get("userVersion").longValue())
                .isEqualTo(added.get("userVersion").longValue() + 1);
        assertThat(numbers(ada)).isEmpty();
    }

    @Test
    void theSameAgainChangesNothing() {
        steps.star(ada, one, true);
        long version = steps.userVersion(ada);

        steps.star(ada, one, true);
        steps.star(ada, two, false);

        assertThat(steps.userVersion(ada)).isEqualTo(version);
    }

    @Test
    void pagesFollowEachOther() {
        List<Long> given = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            MessageView said = steps.say(bob, room, "More " + i);
            steps.star(ada, said, true);
            given.addFirst(said.number());
        }

        List<Long> found = new ArrayList<>();
        String cursor = null;
        do {
            Stars page = LAB.ask(StarActions.LIST, new ListOwn(TENANT, ada, 3, cursor));
            page.items().forEach(star -> found.add(star.message().number()));
            cursor = page.next();
        } while (cursor != null);

        assertThat(found).isEqualTo(given);
        assertThat(LAB.refusal(StarActions.LIST, new ListOwn(TENANT, ada, 3, "x"))
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    @Test
    void aPageOfLongMessagesEndsBeforeItIsTooLong() {
        for (int i = 0; i < 20; i++) {
            steps.star(ada, steps.say(bob, room, "x".repeat(16_000)), true);
        }

        Stars page = LAB.ask(StarActions.LIST, new ListOwn(TENANT, ada, 100, null));

        assertThat(page.items()).hasSizeBetween(10, 17);
        assertThat(page.next()).isNotNull();
    }

    @Test
    void aStarGoesWithItsMessage() {
        MessageView three = steps.say(ada, room, "Three");
        for (MessageView message : List.of(one, two, three)) {
            steps.star(bob, message, true);
        }

        steps.delete(ada, one);
        steps.hide(bob, two);

        assertThat(numbers(bob)).containsExactly(3L);
        assertThat(refused(TENANT, bob, one, true)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(TENANT, bob, two, true)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whoLosesTheConversationLosesHisStarsInItAndItsThreads() {
        UUID thread = steps.thread(ada, one).conversation();
        steps.star(bob, one, true);
        steps.star(bob, steps.say(ada, thread, "Reply"), true);
        MessageView elsewhere = steps.say(bob, steps.group(bob), "Elsewhere");
        steps.star(bob, elsewhere, true);

        steps.remove(ada, room, bob);
        assertThat(steps.stars(bob)).extracting(star -> star.message().id()).containsExactly(elsewhere.id());
        steps.add(ada, room, bob);

        assertThat(steps.stars(bob)).hasSize(1);
        assertThat(refused(TENANT, LAB.person(), one, false)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whatIsNotReadableAnyMoreIsNotListed() {
        steps.star(bob, one, true);

        LAB.update("UPDATE conversations SET history = 'since_join' WHERE id = ?", room);
        LAB.update("UPDATE member_intervals SET from_number = 2 WHERE conversation_id = ? AND user_id = ?", room, bob);

        assertThat(numbers(bob)).isEmpty();
    }

    @Test
    void strangersAndOtherTenantsGiveNoStars() {
        assertThat(refused(TENANT, LAB.person(), one, true)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(Ids.next(), ada, one, true)).isEqualTo(ErrorCode.NOT_FOUND);
        steps.star(ada, one, true);
        assertThat(LAB.ask(StarActions.LIST, new ListOwn(Ids.next(), ada, 10, null))
                        .items())
                .isEmpty();
    }

    @Test
    void thereIsABoundAndWhatIsDeletedDoesNotCount() {
        LAB.update("""
                INSERT INTO stars (tenant_id, user_id, conversation_id, root_id, number, starred_at, user_version)
                SELECT ?, ?, ?, ?, n, now(), n FROM generate_series(1001, ?) n""", TENANT, ada, room, room, 1_000 + MOST);
        steps.star(ada, one, true);
        assertThat(LAB.number("SELECT count(*) FROM stars WHERE user_id = ?", ada))
                .as("those on no message are gone")
                .isEqualTo(1);

        LAB.update("""
                INSERT INTO stars (tenant_id, user_id, conversation_id, root_id, number, starred_at, user_version)
                SELECT ?, ?, ?, ?, n, now(), n FROM generate_series(3, ?) n""", TENANT, ada, room, room, MOST + 1);
        LAB.update("""
                INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, type, counted, counts, created_at)
                SELECT tenant_id, root_id, conversation_id, number, 1, gen_random_uuid(), 'text', 1, true, now()
                  FROM stars WHERE user_id = ? AND number > 2""", ada);
        assertThat(refused(TENANT, ada, two, true)).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void overRestTheListHasTheMessages() {
        RestLab rest = new RestLab(new StarsFeature(ConfigLoader.load(null, Map.of())));
        Map<String, Object> where = Map.of("conversationId", room, "messageId", one.id());

        assertThat(rest.call(LAB, ada, "addStar", where, "").status()).isEqualTo(204);
        JsonNode listed = rest.checked("StarList", rest.call(LAB, ada, "listStars", Map.of(), ""));
        assertThat(listed.at("/items/0/message/text").textValue()).isEqualTo("One");
        assertThat(rest.call(LAB, ada, "removeStar", where, "").status()).isEqualTo(204);
    }
}

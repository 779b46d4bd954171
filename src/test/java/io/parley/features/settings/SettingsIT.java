package io.parley.features.settings;

import static io.parley.features.PersistenceLab.TENANT;
import static io.parley.features.PersonalSteps.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.PersonalFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.PersonalSteps;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.Conversations;
import io.parley.features.conversations.ConversationActions.Filter;
import io.parley.features.conversations.ConversationActions.ListOwn;
import io.parley.features.conversations.ConversationView;
import io.parley.features.messages.MessageView;
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.settings.SettingsActions.Change;
import io.parley.features.settings.SettingsActions.Pin;
import io.parley.server.contract.Answer;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people set for themselves in conversations, and how it shows in the list of them. */
class SettingsIT {
    private static final int MOST_PINNED = 20;
    private static final String FOR_EVER = "9999-12-31T23:59:59.999Z";
    private static final Filter ARCHIVED = new Filter(null, null, null, true, false, false);
    private static final Filter NOT_ARCHIVED = new Filter(null, null, null, false, false, false);
    private static final Filter UNREAD = new Filter(null, null, null, null, true, false);
    private static final Filter PINNED_FIRST = new Filter(null, null, null, null, false, true);

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(PersonalSteps::features);

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = steps.group(ada, bob);

    private ErrorCode refused(UUID tenant, UUID person, UUID conversation) {
        Change change = new Change(tenant, person, conversation, json("{\"pinned\":true}"));
        return LAB.refusal(SettingsActions.CHANGE, change).code();
    }

    private JsonNode lastEvent(UUID person) {
        PersonalFrame frame = LAB.personalFrames(person).getLast();
        JsonNode event = LAB.content(frame);
        assertThat(event.path("userVersion").longValue()).isEqualTo(frame.userVersion());
        return event;
    }

    @Test
    void whatIsSetIsSeenByHimAloneAndToldToHisDevices() {
        JsonNode all = steps.set(ada, room, "{\"mutedUntil\":\"" + FOR_EVER + "\",\"theme\":\"ocean\"}");

        assertThat(all).isEqualTo(json("{\"theme\":\"ocean\",\"mutedUntil\":\"" + FOR_EVER + "\"}"));
        assertThat(steps.view(ada, room).settings()).isEqualTo(all);
        assertThat(steps.view(bob, room).settings()).isEmpty();
        JsonNode event = lastEvent(ada);
        assertThat(event.get("type").textValue()).isEqualTo("conversation.settings");
        assertThat(event.get("settings")).isEqualTo(all);
        assertThat(event.get("userVersion").longValue()).isEqualTo(steps.userVersion(ada));
    }

    @Test
    void theSameAgainChangesNothing() {
        steps.set(ada, room, "{\"pinned\":true,\"notifications\":\"mentions\"}");
        long version = steps.userVersion(ada);

        steps.set(ada, room, "{\"pinned\":true,\"notifications\":\"mentions\"}");
        steps.set(ada, room, "{\"archived\":false,\"markedUnread\":false,\"theme\":null}");

        assertThat(steps.userVersion(ada)).isEqualTo(version);
    }

    @Test
    void nullGoesBackToTheDefault() {
        steps.set(ada, room, "{\"mutedUntil\":\"" + FOR_EVER + "\",\"theme\":\"ocean\",\"notifications\":\"none\"}");

        JsonNode all = steps.set(ada, room, "{\"mutedUntil\":null,\"notifications\":null}");

        assertThat(all).isEqualTo(json("{\"theme\":\"ocean\"}"));
    }

    @Test
    void strangersAndOtherTenantsFindNothingToSet() {
        assertThat(refused(TENANT, LAB.person(), room)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(Ids.next(), ada, room)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(TENANT, ada, Ids.next())).isEqualTo(ErrorCode.NOT_FOUND);
        steps.remove(ada, room, bob);
        assertThat(refused(TENANT, bob, room)).isEqualTo(ErrorCode.NOT_FOUND);
        Pin pin = new Pin(TENANT, bob, List.of(room));
        assertThat(LAB.refusal(SettingsActions.PIN, pin).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void anArchivedConversationComesBackWhenSomebodySaysSomething() {
        steps.say(bob, room, "One");
        steps.set(ada, room, "{\"archived\":true}");
        assertThat(steps.list(ada, ARCHIVED)).containsExactly(room);
        assertThat(steps.list(ada, NOT_ARCHIVED)).isEmpty();

        steps.add(ada, room, LAB.person());
        assertThat(steps.view(ada, room).archived())
                .as("what the system says does not bring it back")
                .isTrue();
        steps.say(bob, room, "Two");

        assertThat(steps.view(ada, room).archived()).isFalse();
        assertThat(steps.list(ada, ARCHIVED)).isEmpty();
        assertThat(steps.list(ada, NOT_ARCHIVED)).containsExactly(room);
        steps.set(ada, room, "{\"archived\":true}");
        assertThat(steps.view(ada, room).archived()).as("archived again").isTrue();
    }

    @Test
    void anArchivedConversationThatIsMutedStaysAway() {
        steps.set(ada, room, "{\"archived\":true,\"mutedUntil\":\"" + FOR_EVER + "\"}");

        steps.say(bob, room, "Anybody there?");

        assertThat(steps.view(ada, room).archived()).isTrue();
        steps.set(ada, room, "{\"mutedUntil\":null}");
        assertThat(steps.view(ada, room).archived()).isFalse();
    }

    @Test
    void whatIsPinnedIsNotInTheArchive() {
        steps.set(ada, room, "{\"pinned\":true}");

        assertThat(steps.set(ada, room, "{\"archived\":true}")).isEqualTo(json("{\"archivedAt\":0}"));
        assertThat(steps.set(ada, room, "{\"pinned\":true}")).isEqualTo(json("{\"pinned\":1}"));
        assertThat(steps.view(ada, room).archived()).isFalse();
        Change both = new Change(TENANT, ada, room, json("{\"pinned\":true,\"archived\":true}"));
        assertThat(LAB.refusal(SettingsActions.CHANGE, both).errors()).hasSize(1);
    }

    @Test
    void thePinnedComeFirstInTheirOrderAndPagesFollowIt() {
        List<UUID> rooms = new ArrayList<>(List.of(room));
        for (int i = 0; i < 6; i++) {
            rooms.add(steps.group(ada, bob));
        }
        steps.set(ada, rooms.get(1), "{\"pinned\":true}");
        steps.set(ada, rooms.get(4), "{\"pinned\":true}");
        List<UUID> others = List.of(rooms.get(6), rooms.get(5), rooms.get(3), rooms.get(2), rooms.get(0));

        assertThat(steps.list(ada, PINNED_FIRST))
                .startsWith(rooms.get(4), rooms.get(1))
                .endsWith(others.toArray(UUID[]::new));

        steps.pin(ada, rooms.get(1), rooms.get(0), rooms.get(4));
        assertThat(paged(2))
                .startsWith(rooms.get(1), rooms.get(0), rooms.get(4))
                .hasSize(7)
                .doesNotHaveDuplicates();
        assertThat(steps.list(ada, Filter.ALL)).as("without asking for it").startsWith(rooms.get(6));
        steps.pin(ada);
        assertThat(steps.list(ada, PINNED_FIRST)).startsWith(rooms.get(6), rooms.get(5), rooms.get(4));
    }

    private List<UUID> paged(int limit) {
        List<UUID> found = new ArrayList<>();
        String cursor = null;
        do {
            Conversations page =
                    LAB.ask(ConversationActions.LIST, new ListOwn(TENANT, ada, PINNED_FIRST, limit, cursor));
            page.items().stream().map(ConversationView::id).forEach(found::add);
            cursor = page.next();
        } while (cursor != null);
        return found;
    }

    @Test
    void eachConversationThatMovesAmongThePinnedIsTold() {
        UUID second = steps.group(ada);
        UUID third = steps.group(ada);
        steps.pin(ada, room, second);
        long version = steps.userVersion(ada);

        steps.pin(ada, third, second);

        assertThat(steps.userVersion(ada)).as("one goes, one comes, one stays").isEqualTo(version + 2);
        List<JsonNode> told = LAB.personalFrames(ada).stream()
                .filter(frame -> frame.userVersion() > version)
                .map(LAB::content)
                .toList();
        assertThat(told)
                .extracting(event -> event.get("conversation").textValue())
                .containsExactlyInAnyOrder(room.toString(), third.toString());
        steps.pin(ada, third, second);
        assertThat(steps.userVersion(ada)).isEqualTo(version + 2);
    }

    @Test
    void noMoreThanSomeArePinned() {
        List<UUID> rooms = IntStream.range(0, MOST_PINNED + 1)
                .mapToObj(i -> steps.group(ada))
                .toList();
        assertThat(ConfigLoader.load(null, Map.of()).limits().pinnedConversations())
                .isEqualTo(MOST_PINNED);
        rooms.subList(0, MOST_PINNED).forEach(id -> steps.set(ada, id, "{\"pinned\":true}"));

        assertThat(refused(TENANT, ada, rooms.getLast())).isEqualTo(ErrorCode.CONFLICT);
        assertThat(LAB.refusal(SettingsActions.PIN, new Pin(TENANT, ada, rooms)).code())
                .isEqualTo(ErrorCode.CONFLICT);
        steps.set(ada, rooms.getFirst(), "{\"pinned\":false}");
        steps.set(ada, rooms.getLast(), "{\"pinned\":true}");
        assertThat(steps.list(ada, PINNED_FIRST)).startsWith(rooms.getLast());
    }

    @Test
    void whatIsMarkedAsUnreadIsSoUntilHeReads() {
        MessageView said = steps.say(bob, room, "One");
        steps.read(ada, room, said.number());
        steps.set(ada, room, "{\"markedUnread\":true}");
        UUID quiet = steps.group(ada, bob);

        assertThat(steps.view(ada, room).unread()).isZero();
        assertThat(steps.list(ada, UNREAD)).containsExactly(room);

        steps.read(ada, room, said.number());

        assertThat(steps.view(ada, room).settings()).as("no mark moved").isEmpty();
        assertThat(lastEvent(ada).get("type").textValue()).isEqualTo("read");
        assertThat(steps.list(ada, UNREAD)).isEmpty();
        steps.say(bob, quiet, "Two");
        assertThat(steps.list(ada, UNREAD)).containsExactly(quiet);
        assertThat(LAB.passingFrames(room)).as("receipts of one reading").hasSize(1);
    }

    @Test
    void readingOnTakesTheMarkAwayAndDeliveryDoesNot() {
        steps.set(ada, room, "{\"markedUnread\":true,\"theme\":\"ocean\"}");
        MessageView said = steps.say(bob, room, "One");

        LAB.ask(
                ReceiptActions.MARK,
                room,
                new ReceiptActions.MarkUpTo(TENANT, ada, room, ReceiptActions.Kind.DELIVERED, said.number()));
        assertThat(steps.view(ada, room).settings().has("markedUnread")).isTrue();
        steps.read(ada, room, said.number());

        assertThat(steps.view(ada, room).settings()).isEqualTo(json("{\"theme\":\"ocean\"}"));
    }

    @Test
    void whoComesBackBeginsAnew() {
        steps.set(bob, room, "{\"pinned\":true,\"theme\":\"ocean\"}");

        steps.remove(ada, room, bob);
        steps.add(ada, room, bob);

        assertThat(steps.view(bob, room).settings()).isEmpty();
        assertThat(steps.list(bob, PINNED_FIRST)).containsExactly(room);
    }

    @Test
    void threadsAreMutedLikeEverythingElse() {
        UUID thread = steps.thread(ada, steps.say(ada, room, "A question")).conversation();

        steps.set(ada, thread, "{\"mutedUntil\":\"" + FOR_EVER + "\"}");

        assertThat(steps.view(ada, thread).settings().get("mutedUntil").textValue())
                .isEqualTo(FOR_EVER);
        assertThat(refused(TENANT, LAB.person(), thread)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void overRestTheAnswerIsWhatIsSet() {
        RestLab rest = new RestLab(new SettingsFeature(ConfigLoader.load(null, Map.of())));

        Answer changed = rest.call(
                LAB, ada, "changeOwnSettings", Map.of("conversationId", room), "{\"notifications\":\"mentions\"}");
        Answer pinned = rest.call(LAB, ada, "pinConversations", Map.of(), "{\"conversations\":[\"" + room + "\"]}");

        assertThat(rest.checked("PersonalSettings", changed)).isEqualTo(json("{\"notifications\":\"mentions\"}"));
        assertThat(pinned.status()).isEqualTo(204);
        assertThat(steps.view(ada, room).settings()).isEqualTo(json("{\"pinned\":1,\"notifications\":\"mentions\"}"));
    }
}

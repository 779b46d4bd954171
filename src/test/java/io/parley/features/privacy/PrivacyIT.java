package io.parley.features.privacy;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.PersonalSteps;
import io.parley.features.RestLab;
import io.parley.features.conversations.ConversationActions;
import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.privacy.PrivacyActions.Change;
import io.parley.features.privacy.PrivacyActions.Get;
import io.parley.features.privacy.PrivacyActions.Privacy;
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.ListReceipts;
import io.parley.features.receipts.ReceiptActions.Mark;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.features.receipts.ReceiptActions.Receipt;
import io.parley.server.auth.Origin;
import io.parley.server.session.HubActions;
import io.parley.server.session.HubActions.AccountHeads;
import io.parley.server.session.HubActions.Heads;
import io.parley.server.session.HubActions.HeadsOf;
import io.parley.server.session.HubActions.PersonalRepair;
import io.parley.support.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people keep to themselves, and what others see of it. */
class PrivacyIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(PersonalSteps::features);

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();
    private final UUID room = steps.group(ada, bob);

    private void talk(int messages) {
        for (int i = 0; i < messages; i++) {
            steps.say(ada, room, "Message " + i);
        }
    }

    private void delivered(UUID person, long number) {
        LAB.ask(ReceiptActions.MARK, room, new MarkUpTo(TENANT, person, room, Kind.DELIVERED, number));
    }

    private Receipt seen(UUID viewer, UUID person, @Nullable Long number) {
        return LAB.ask(ReceiptActions.LIST, new ListReceipts(TENANT, viewer, room, number, 100, null)).items().stream()
                .filter(receipt -> receipt.user().equals(person))
                .findFirst()
                .orElse(new Receipt(person, null, null));
    }

    private static long number(@Nullable Mark mark) {
        return mark == null ? 0 : mark.number();
    }

    private List<String> told() {
        return LAB.passingFrames(room).stream()
                .map(LAB::content)
                .map(receipt -> receipt.get("kind").textValue() + " " + receipt.get("number"))
                .toList();
    }

    @Test
    void everythingIsOpenUntilItIsChanged() {
        assertThat(steps.privacy(ada)).isEqualTo(new Privacy(true, "everybody", "everybody", "everybody"));

        Privacy changed = LAB.ask(PrivacyActions.CHANGE, new Change(TENANT, ada, null, "contacts", null, "nobody"));

        assertThat(changed).isEqualTo(new Privacy(true, "contacts", "everybody", "nobody"));
        assertThat(steps.privacy(ada)).isEqualTo(changed);
        assertThat(steps.privacy(bob).lastSeen()).isEqualTo("everybody");
        assertThat(LAB.ask(PrivacyActions.GET, new Get(Ids.next(), ada)).lastSeen())
                .isEqualTo("everybody");
        JsonNode event = LAB.content(LAB.personalFrames(ada).getLast());
        assertThat(event.get("type").textValue()).isEqualTo("privacy.updated");
        assertThat(event.get("privacy")).isEqualTo(LAB.checked("Privacy", changed));
        assertThat(event.get("userVersion").longValue()).isEqualTo(steps.userVersion(ada));
    }

    @Test
    void theSameAgainChangesNothing() {
        steps.readReceipts(ada, false);
        long version = steps.userVersion(ada);

        steps.readReceipts(ada, false);
        LAB.ask(PrivacyActions.CHANGE, new Change(TENANT, ada, null, "everybody", null, null));

        assertThat(steps.userVersion(ada)).isEqualTo(version);
    }

    @Test
    void whoReadsSilentlyIsSeenToHaveReceivedOnly() {
        talk(5);
        steps.readReceipts(bob, false);

        steps.read(bob, room, 3);

        assertThat(told()).containsExactly("delivered 3");
        for (Long asked : new Long[] {null, 2L}) {
            Receipt receipt = seen(ada, bob, asked);
            assertThat(receipt.read()).isNull();
            assertThat(number(receipt.delivered())).isEqualTo(3);
        }
        assertThat(steps.view(bob, room).unread()).as("for himself").isEqualTo(2);
        assertThat(number(seen(bob, bob, null).read())).as("for himself").isEqualTo(3);
    }

    @Test
    void whatHasArrivedAlreadyIsNotToldAgainWhenItIsReadSilently() {
        talk(3);
        steps.readReceipts(bob, false);
        delivered(bob, 3);

        steps.read(bob, room, 3);

        assertThat(told()).containsExactly("delivered 3");
        assertThat(LAB.column(String.class, "SELECT kind FROM mark_history WHERE user_id = ?", bob))
                .containsExactly("delivered");
    }

    @Test
    void whoReadsSilentlyIsNotShownWhatOthersRead() {
        talk(3);
        steps.read(bob, room, 2);
        steps.readReceipts(ada, false);

        for (Long asked : new Long[] {null, 1L}) {
            Receipt receipt = seen(ada, bob, asked);
            assertThat(receipt.read()).isNull();
            assertThat(number(receipt.delivered())).isEqualTo(2);
        }
        steps.readReceipts(ada, true);
        assertThat(number(seen(ada, bob, null).read())).isEqualTo(2);
        assertThat(number(seen(ada, bob, 1L).read())).isEqualTo(2);
    }

    @Test
    void whatWasReadSilentlyIsNeverTold() {
        talk(9);
        steps.read(bob, room, 2);
        steps.readReceipts(bob, false);
        steps.read(bob, room, 5);
        steps.read(bob, room, 6);
        steps.readReceipts(bob, true);

        assertThat(number(seen(ada, bob, null).read())).isEqualTo(2);
        assertThat(seen(ada, bob, 4L).read()).isNull();
        assertThat(number(seen(ada, bob, 4L).delivered())).isEqualTo(5);
        assertThat(steps.view(bob, room).readNumber()).isEqualTo(6);

        steps.read(bob, room, 8);
        assertThat(number(seen(ada, bob, null).read())).isEqualTo(8);
        assertThat(number(seen(ada, bob, 4L).read()))
                .as("by the next open mark")
                .isEqualTo(8);
        assertThat(told()).containsExactly("read 2", "delivered 5", "delivered 6", "read 8");
    }

    @Test
    void whatWasReadOpenlyBeforeIsHiddenAsLongAsHeReadsSilently() {
        talk(4);
        steps.read(bob, room, 4);
        steps.readReceipts(bob, false);

        assertThat(seen(ada, bob, null).read()).isNull();
        assertThat(seen(ada, bob, 1L).read()).isNull();
        steps.readReceipts(bob, true);
        assertThat(number(seen(ada, bob, 1L).read())).isEqualTo(4);
    }

    @Test
    void hisOwnDevicesAreToldWhatHeReadsSilently() {
        talk(2);
        steps.readReceipts(bob, false);

        steps.read(bob, room, 2);

        JsonNode event = LAB.content(LAB.personalFrames(bob).getLast());
        assertThat(event.get("type").textValue()).isEqualTo("read");
        assertThat(event.get("number").longValue()).isEqualTo(2);
    }

    @Test
    void hisSessionsKnowWhetherTheyGetReadReceipts() {
        assertThat(heads(bob).readReceipts()).isTrue();
        long before = steps.userVersion(bob);

        steps.readReceipts(bob, false);

        assertThat(LAB.personalFrames(bob).getLast().readReceipts()).isFalse();
        assertThat(heads(bob).readReceipts()).isFalse();
        assertThat(LAB.ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, bob, before))
                        .readReceipts())
                .isFalse();
    }

    private @Nullable Instant shownReading(UUID viewer, UUID person) {
        return LAB
                .ask(ConversationActions.LIST_MEMBERS, new ListMembers(TENANT, viewer, room, 100, null))
                .items()
                .stream()
                .filter(member -> member.user().equals(person))
                .findFirst()
                .orElseThrow()
                .lastSeenAt();
    }

    private void lastSeen(UUID person, String audience) {
        LAB.ask(PrivacyActions.CHANGE, new Change(TENANT, person, null, audience, null, null));
    }

    @Test
    void theListOfMembersShowsNoMoreThanReceiptsDo() {
        talk(1);
        steps.read(bob, room, 1);
        assertThat(shownReading(ada, bob)).isNotNull();

        steps.readReceipts(bob, false);
        assertThat(shownReading(ada, bob)).as("who reads silently").isNull();
        assertThat(shownReading(bob, bob)).as("for himself").isNotNull();
        steps.readReceipts(bob, true);
        steps.readReceipts(ada, false);
        assertThat(shownReading(ada, bob)).as("to who reads silently").isNull();
        steps.readReceipts(ada, true);
        assertThat(shownReading(ada, bob)).isNotNull();
    }

    @Test
    void theListOfMembersShowsNoMoreThanPresenceDoes() {
        talk(1);
        steps.read(bob, room, 1);

        lastSeen(bob, "nobody");
        assertThat(shownReading(ada, bob)).isNull();
        lastSeen(bob, "contacts");
        assertThat(shownReading(ada, bob)).isNull();
        LAB.update(
                "INSERT INTO contacts VALUES (?, ?, ?, now()), (?, ?, ?, now())", TENANT, bob, ada, TENANT, ada, bob);
        assertThat(shownReading(ada, bob)).isNotNull();
        lastSeen(bob, "everybody");
        LAB.update("INSERT INTO blocks VALUES (?, ?, ?, now())", TENANT, bob, ada);
        assertThat(shownReading(ada, bob)).as("to whom he has blocked").isNull();
    }

    private AccountHeads heads(UUID person) {
        HeadsOf asked = new HeadsOf(new HubActions.Person(TENANT, person), Origin.issued(null), null);
        return LAB.ask(HubActions.HEADS, new Heads(List.of(asked))).people().getFirst();
    }

    @Test
    void overRestItIsReadAndChanged() {
        RestLab rest = new RestLab(new PrivacyFeature());

        JsonNode changed = rest.checked(
                "Privacy", rest.call(LAB, ada, "changePrivacy", Map.of(), "{\"contactRequests\":\"nobody\"}"));

        assertThat(changed.get("contactRequests").textValue()).isEqualTo("nobody");
        assertThat(rest.checked("Privacy", rest.call(LAB, ada, "getPrivacy", Map.of(), "")))
                .isEqualTo(changed);
    }
}

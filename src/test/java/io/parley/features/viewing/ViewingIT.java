package io.parley.features.viewing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.presence.PresenceLab;
import io.parley.features.viewing.ViewingActions.Asked;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Viewing over two nodes and a real Redis. */
class ViewingIT {
    private static final Duration SOON = Duration.ofSeconds(8);

    /** What is said every ten seconds, and what one of the nodes did not hear of. */
    private static final Duration LATER = Duration.ofSeconds(15);

    private final PresenceLab lab = new PresenceLab(Map.of());
    private final PresenceLab.Node one = lab.node();
    private final PresenceLab.Node two = lab.node();
    private final UUID room = Ids.next();
    private final UUID ada = Ids.next();
    private final UUID bob = Ids.next();
    private final UUID eve = Ids.next();
    private final PresenceLab.Session adas = one.connect(ada, room);
    private final PresenceLab.Session bobs = two.connect(bob, room);
    private final PresenceLab.Session eves = two.connect(eve);

    @AfterEach
    void close() {
        lab.close();
    }

    private static void show(PresenceLab.Session session, UUID conversation) {
        session.ask("viewing", "{'conversation':'" + conversation + "'}");
    }

    private static void watch(PresenceLab.Session session, UUID... conversations) {
        String ids = String.join(
                ",", Stream.of(conversations).map(id -> "'" + id + "'").toList());
        session.ask("viewing.watch", "{'conversations':[" + ids + "]}");
    }

    private static List<JsonNode> events(PresenceLab.Session session, UUID conversation) {
        return session.received().stream()
                .filter(event -> event.path("conversation").asText().equals(conversation.toString()))
                .toList();
    }

    private static Optional<List<UUID>> told(PresenceLab.Session session, UUID conversation) {
        return events(session, conversation).reversed().stream()
                .findFirst()
                .map(event -> event.path("users")
                        .valueStream()
                        .map(user -> UUID.fromString(user.asText()))
                        .toList());
    }

    private static void untilTold(Duration within, PresenceLab.Session session, UUID conversation, UUID... users) {
        await().atMost(within)
                .untilAsserted(() -> assertThat(told(session, conversation))
                        .hasValueSatisfying(all -> assertThat(all).containsExactlyInAnyOrder(users)));
    }

    private void untilTold(PresenceLab.Session session, UUID... users) {
        untilTold(SOON, session, room, users);
    }

    private Viewers asked() {
        return PersistenceLab.await(two.bus().ask(ViewingActions.VIEWERS, new Asked(PersistenceLab.TENANT, room)));
    }

    @Test
    void thoseWhoLookAreToldOfEachOtherAndNobodyElseIs() {
        PresenceLab.Session members = two.connect(Ids.next(), room);
        show(adas, room);
        untilTold(adas, ada);
        show(bobs, room);
        untilTold(adas, ada, bob);
        untilTold(bobs, ada, bob);
        assertThat(asked().users()).containsExactlyInAnyOrder(ada, bob);

        bobs.ask("viewing", "{}");
        untilTold(adas, ada);
        assertThat(asked().users()).containsExactly(ada);
        assertThat(members.received()).isEmpty();
        assertThat(eves.received()).isEmpty();
    }

    @Test
    void whoWatchesIsToldAndIsNotThere() {
        watch(bobs, room);
        untilTold(bobs);
        show(adas, room);
        untilTold(bobs, ada);
        watch(bobs);
        adas.ask("viewing", "{}");
        await().atMost(SOON).until(() -> asked().count() == 0);
        show(adas, room);
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);

        assertThat(events(bobs, room)).hasSize(2);
    }

    @Test
    void whoIsNotInTheConversationMayNeitherShowNorWatchIt() {
        assertThat(eves.refusal("viewing", "{'conversation':'" + room + "'}").code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(eves.refusal("viewing.watch", "{'conversations':['" + room + "']}")
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void showingSomethingElseEndsWhatWasShown() {
        UUID other = Ids.next();
        PresenceLab.Session tablet = two.connect(bob, room, other);
        show(adas, room);
        show(tablet, room);
        untilTold(adas, ada, bob);
        show(tablet, other);
        untilTold(adas, ada);
        untilTold(SOON, tablet, other, bob);
    }

    @Test
    void itEndsWithTheSessionAndWithTheMembership() {
        PresenceLab.Session guest = two.connect(eve, room);
        show(adas, room);
        show(guest, room);
        untilTold(adas, ada, eve);
        guest.hangUp();
        untilTold(adas, ada);

        show(bobs, room);
        untilTold(adas, ada, bob);
        bobs.leave(room);
        untilTold(adas, ada);
        int before = bobs.received().size();
        adas.hangUp();
        await().atMost(SOON).until(() -> asked().count() == 0);
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        assertThat(bobs.received()).hasSize(before);
    }

    @Test
    void aThreadIsShownByThoseWhoAreInItsParentAndEndsWithThat() {
        UUID thread = lab.thread(room);
        show(adas, thread);
        show(bobs, thread);
        untilTold(SOON, adas, thread, ada, bob);
        assertThat(eves.refusal("viewing", "{'conversation':'" + thread + "'}").code())
                .isEqualTo(ErrorCode.NOT_FOUND);

        bobs.leave(room);
        untilTold(SOON, adas, thread, ada);
        assertThat(events(adas, room)).isEmpty();
    }

    @Test
    void whoIsInvisibleOrHidesWhenHeWasThereIsNotThere() {
        watch(bobs, room);
        adas.set("invisible");
        show(adas, room);
        untilTold(bobs);
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        assertThat(asked().count()).isZero();

        adas.set("online");
        untilTold(bobs, ada);
        adas.set("invisible");
        untilTold(bobs);
        adas.set("online");
        untilTold(bobs, ada);
        lab.lastSeenFor(ada, "contacts");
        untilTold(bobs);
    }

    @Test
    void whoIsInvisibleIsToldOfOthers() {
        adas.set("invisible");
        show(adas, room);
        show(bobs, room);

        untilTold(adas, bob);
        assertThat(told(bobs, room)).contains(List.of(bob));
    }

    @Test
    void whoHasBlockedSomebodyIsNotThereForHim() {
        show(adas, room);
        show(bobs, room);
        untilTold(bobs, ada, bob);
        lab.block(ada, bob, true);
        untilTold(bobs, bob);
        assertThat(events(bobs, room).getLast().path("count").asInt()).isEqualTo(1);
        untilTold(adas, ada, bob);
        lab.block(ada, bob, false);
        untilTold(bobs, ada, bob);
    }

    @Test
    void betweenTwoOfWhomOneHasBlockedTheOtherNobodyIsThere() {
        UUID direct = PresenceLab.CONVERSATION;
        PresenceLab.Session hers = one.connect(ada, direct);
        PresenceLab.Session his = two.connect(bob, direct);
        show(hers, direct);
        show(his, direct);
        untilTold(SOON, hers, direct, ada, bob);
        lab.block(ada, bob, true);
        untilTold(SOON, hers, direct);
        untilTold(SOON, his, direct);
    }

    @Test
    void severalDevicesAreOnePerson() {
        PresenceLab.Session tablet = two.connect(ada, room);
        show(adas, room);
        show(tablet, room);
        show(bobs, room);
        untilTold(bobs, ada, bob);
        adas.hangUp();
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        untilTold(bobs, ada, bob);
        assertThat(asked().count()).isEqualTo(2);
    }

    @Test
    void whatTheBusLosesIsFoundOut() {
        watch(bobs, room);
        untilTold(bobs);
        lab.busLosesEverything = true;
        show(adas, room);
        untilTold(LATER, bobs, room, ada);
    }

    @Test
    void whatRedisLosesIsSaidAgain() {
        show(adas, room);
        watch(bobs, room);
        untilTold(bobs, ada);
        lab.flush();
        await().atMost(LATER).until(() -> asked().count() == 1);
        untilTold(LATER, bobs, room, ada);
    }

    @Test
    void aFloodIsFewFrames() {
        UUID other = Ids.next();
        PresenceLab.Session restless = one.connect(eve, room, other);
        watch(bobs, room);
        untilTold(bobs);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            try {
                show(restless, i % 2 == 0 ? room : other);
            } catch (RuntimeException limited) {
                refused++;
            }
        }
        await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);

        assertThat(refused).isGreaterThan(100);
        assertThat(bobs.received()).hasSizeLessThan(30);
    }

    @Test
    void aDeadNodesPeopleAreGoneWithinFortySeconds() {
        show(adas, room);
        show(bobs, room);
        untilTold(bobs, ada, bob);
        one.kill();

        untilTold(Duration.ofSeconds(45), bobs, room, bob);
    }
}

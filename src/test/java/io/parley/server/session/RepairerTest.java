package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RepairerTest {
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID OTHER_EPOCH = new UUID(8, 8);

    private final List<HubActions.Followed> compared = new CopyOnWriteArrayList<>();
    private volatile boolean databaseAway;
    private Lab lab = new Lab(1);

    @AfterEach
    void close() {
        lab.close();
    }

    private void answer(long roomVersion, long userVersion) {
        lab.answer(HubActions.VERSIONS, asked -> {
            compared.add(asked);
            return databaseAway
                    ? Future.failedFuture("not now")
                    : Future.succeededFuture(new HubActions.Versions(
                            asked.conversations().stream()
                                    .map(any -> roomVersion)
                                    .toList(),
                            asked.people().stream().map(any -> userVersion).toList()));
        });
        lab.answer(HubActions.REPAIR, asked -> Future.succeededFuture(Lab.changes(asked.after(), roomVersion)));
    }

    private Lab.Guest ada(long version) {
        Lab.Guest ada = lab.guest(0).in(ADA, version, ROOM);
        lab.onHub(parts -> {
            parts.conversations().startAt(ROOM, version);
            parts.people().startAt(ADA, 1);
        });
        return ada;
    }

    private long fence() {
        return lab.onLoop(0, () -> lab.loops.getFirst().fence());
    }

    private void dropped(long below) {
        lab.era(new Lab.Era(Lab.EPOCH, 1, below, true));
    }

    @Test
    void whoHasMissedWhatIsNoLongerKeptComparesAllHeads() {
        answer(9, 1);
        Lab.Guest ada = ada(5);

        lab.fence(2_000);
        dropped(1_000);

        await().until(() -> ada.received().contains("changes 5-9"));
        await().until(() -> fence() == 2_000);
        assertThat(compared.getFirst().conversations()).containsExactly(ROOM);
        assertThat(compared.get(1).people()).containsExactly(new HubActions.Person(Lab.TENANT, ADA));
    }

    @Test
    void untilAllHeadsAreComparedNobodyIsToldThatHeHasEverything() {
        answer(5, 1);
        ada(5);
        databaseAway = true;

        lab.fence(2_000);
        dropped(1_000);
        await().until(() -> compared.size() >= 3);
        assertThat(fence()).isLessThan(1_000);

        databaseAway = false;
        await().until(() -> fence() == 2_000);
    }

    @Test
    void manyHeadsAreComparedSomeHundredAtATime() {
        answer(1, 1);
        UUID[] rooms = IntStream.range(0, HeadComparison.AT_ONCE + 1)
                .mapToObj(i -> new UUID(1, i))
                .toArray(UUID[]::new);
        lab.guest(0).in(ADA, 1, rooms);
        lab.onHub(parts -> {
            Stream.of(rooms).forEach(room -> parts.conversations().startAt(room, 1));
            parts.people().startAt(ADA, 1);
        });

        lab.fence(2_000);
        dropped(1_000);

        await().until(() -> fence() == 2_000);
        assertThat(compared).hasSize(3);
        List<UUID> asked = new ArrayList<>(compared.get(0).conversations());
        asked.addAll(compared.get(1).conversations());
        assertThat(asked).containsExactlyInAnyOrder(rooms);
    }

    @Test
    void whereTheJournalTellsEverythingNoHeadsAreCompared() {
        answer(5, 1);
        ada(5);
        lab.fence(500);
        await().until(() -> fence() == 500);

        dropped(500);
        lab.fence(600);

        await().until(() -> fence() == 600);
        assertThat(compared).isEmpty();
    }

    @Test
    void withoutTheRepairWhatTheBusHasLostStaysLostAndNobodyIsToldOtherwise() {
        lab.close();
        lab = new Lab(1, false);
        answer(9, 1);
        Lab.Guest ada = ada(5);

        lab.journal(ROOM, 9);
        lab.fence(2_000);

        await().during(Duration.ofMillis(5 * Lab.POLL_MS))
                .until(() -> ada.received().isEmpty() && fence() == 0);
    }

    @Test
    void inAnotherEpochAllSessionsAreSentAwayAndNothingThatWasKnownCounts() {
        answer(5, 1);
        Lab.Guest ada = ada(5);
        lab.fence(2_000);
        await().until(() -> fence() == 2_000);

        lab.fence(300);
        lab.era(new Lab.Era(OTHER_EPOCH, 2, 0, true));

        await().until(() -> lab.sentAway.get() == 1);
        assertThat(lab.hub.epoch()).isEqualTo(OTHER_EPOCH);
        await().until(() -> fence() == 300);
        lab.onHub(parts -> assertThat(parts.conversations().followed()).isEmpty());
        lab.bus.events().publish(Lab.event(ROOM, 6));
        await().during(Duration.ofMillis(100)).until(() -> ada.received().isEmpty());
        assertThat(lab.sentAway).hasValue(1);
    }

    /** The same cluster and the same line of its history, but an older copy of it. */
    @Test
    void whereWhatWasReadIsNoLongerThereAnEpochIsEnded() {
        answer(5, 1);
        ada(5);

        lab.era(new Lab.Era(Lab.EPOCH, 1, 0, false));

        await().until(() -> lab.sentAway.get() == 1);
        assertThat(lab.hub.epoch()).isEqualTo(lab.era().epoch()).isNotEqualTo(Lab.EPOCH);
    }

    /** Its positions were given out before; they must not count again. */
    @Test
    void anEpochThatHasComeBackWithABackupIsEnded() {
        answer(5, 1);
        ada(5);

        lab.era(new Lab.Era(OTHER_EPOCH, 0, 0, false));

        await().until(() -> lab.sentAway.get() == 1);
        assertThat(lab.hub.epoch()).isEqualTo(lab.era().epoch()).isNotEqualTo(OTHER_EPOCH);
    }

    @Test
    void aPositionWhoseRowHasBeenDroppedIsNoProofOfAnotherDatabase() {
        answer(5, 1);
        ada(5);
        lab.fence(500);
        await().until(() -> fence() == 500);

        lab.era(new Lab.Era(Lab.EPOCH, 1, 500, false));

        await().during(Duration.ofMillis(5 * Lab.POLL_MS)).until(() -> lab.sentAway.get() == 0);
    }

    /** The last events were published, but the journal was not read for them before an older copy was put back. */
    @Test
    void aServerThatWasStartedAndHasLessThanWasDeliveredEndsTheEpoch() {
        answer(4, 1);
        ada(5);

        lab.era(new Lab.Era(Lab.EPOCH, 1, 0, true, "later"));

        await().until(() -> lab.sentAway.get() == 1);
        assertThat(lab.hub.epoch()).isEqualTo(lab.era().epoch()).isNotEqualTo(Lab.EPOCH);
    }

    @Test
    void aServerThatWasStartedAndHasEverythingIsTheSame() {
        answer(5, 1);
        ada(5);

        lab.era(new Lab.Era(Lab.EPOCH, 1, 0, true, "later"));
        await().until(() -> compared.size() == 2);
        lab.fence(500);

        await().until(() -> fence() == 500);
        assertThat(lab.sentAway).hasValue(0);
        assertThat(compared).hasSize(2);
    }
}

package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Frame;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConversationHubTest {
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID BOB = new UUID(0, 12);

    private final Lab lab = new Lab(2);
    private final List<Long> asked = new CopyOnWriteArrayList<>();
    private final Queue<Future<HubActions.Repaired>> answers = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() {
        lab.answer(HubActions.REPAIR, question -> {
            asked.add(question.after());
            Future<HubActions.Repaired> answer = answers.poll();
            return answer == null ? Future.succeededFuture(Lab.changes(question.after(), question.after())) : answer;
        });
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private void answer(HubActions.Repaired answer) {
        answers.add(Future.succeededFuture(answer));
    }

    private Lab.Guest guest(UUID user, long version) {
        return guest(0, user, version);
    }

    private Lab.Guest guest(int loop, UUID user, long version) {
        Lab.Guest guest = lab.guest(loop).in(user, version, ROOM);
        lab.onHub(parts -> parts.conversations().startAt(ROOM, version));
        return guest;
    }

    private void publish(Frame... frames) {
        for (Frame frame : frames) {
            lab.bus.events().publish(frame);
        }
        lab.settle();
    }

    private void publish(long... versions) {
        for (long version : versions) {
            lab.bus.events().publish(Lab.event(ROOM, version));
        }
        lab.settle();
    }

    private long fence() {
        return lab.onLoop(0, () -> lab.loops.getFirst().fence());
    }

    private void sweep() {
        lab.onHub(parts -> parts.conversations().sweep());
    }

    @Test
    void eventsReachEverySessionOfTheRoomInTheirOrder() {
        Lab.Guest ada = guest(0, ADA, 0);
        Lab.Guest bob = guest(1, BOB, 0);

        publish(2, 1, 1, 4, 3);

        assertThat(ada.received()).containsExactly("e1", "e2", "e3", "e4");
        assertThat(bob.received()).containsExactly("e1", "e2", "e3", "e4");
    }

    @Test
    void whatIsLateForAMomentIsNotAskedFor() {
        guest(ADA, 0);

        publish(2);
        publish(1);

        await().during(Duration.ofMillis(2 * Patience.MILLIS)).until(asked::isEmpty);
    }

    @Test
    void asLongAsTheBusBringsWhatIsLackingNothingIsAskedFor() throws InterruptedException {
        Lab.Guest ada = guest(ADA, 0);
        lab.journal(ROOM, 12);
        long longest = 0;
        for (int version = 1; version <= 12; version++) {
            long begun = System.nanoTime();
            Thread.sleep(Patience.MILLIS / 4);
            publish(version);
            longest = Math.max(longest, System.nanoTime() - begun);
        }

        assumeThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(Patience.MILLIS));
        assertThat(ada.received()).hasSize(12).doesNotContain("changes 0-12");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatComesAfterTheGapDoesNotDelayAskingForIt() {
        Lab.Guest ada = guest(ADA, 0);
        answer(Lab.changes(0, 1));
        long begun = System.nanoTime();
        for (long version = 2;
                asked.isEmpty()
                        && System.nanoTime() - begun < Duration.ofSeconds(20).toNanos();
                version++) {
            publish(version);
        }

        await().untilAsserted(() -> assertThat(ada.received()).startsWith("changes 0-1", "e2", "e3"));
        assertThat(asked).containsExactly(0L);
    }

    @Test
    void aLostPublishIsHealedByTheStateSince() {
        Lab.Guest ada = guest(ADA, 0);
        answer(Lab.changes(1, 3));

        publish(1, 4, 3);

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("e1", "changes 1-3", "e4"));
        assertThat(asked).containsExactly(1L);
    }

    @Test
    void aLongGapIsHealedInSeveralSteps() {
        Lab.Guest ada = guest(ADA, 0);
        answer(Lab.changes(0, 500));
        answer(Lab.changes(500, 700));

        publish(701);

        await().untilAsserted(
                        () -> assertThat(ada.received()).containsExactly("changes 0-500", "changes 500-700", "e701"));
    }

    @Test
    void aConversationOfWhichEverythingWasLostIsFoundInTheJournal() {
        Lab.Guest ada = guest(ADA, 7);
        answer(Lab.changes(7, 9));

        lab.journal(ROOM, 9);

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("changes 7-9"));
        assertThat(asked).containsExactly(7L);
    }

    @Test
    void whatArrivesWhileItIsAskedForIsNotDeliveredTwice() {
        Lab.Guest ada = guest(ADA, 0);
        var answer = Promise.<HubActions.Repaired>promise();
        answers.add(answer.future());
        publish(2);
        await().until(() -> asked.size() == 1);

        publish(1, 3);
        answer.complete(Lab.changes(0, 2));
        lab.settle();

        assertThat(ada.received()).containsExactly("e1", "e2", "e3");
    }

    @Test
    void aRepairThatFailsIsTriedAgain() {
        Lab.Guest ada = guest(ADA, 0);
        answers.add(Future.failedFuture(AppError.unavailable("away")));
        answer(Lab.changes(0, 1));

        publish(2);

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("changes 0-1", "e2"));
        assertThat(asked).containsExactly(0L, 0L);
    }

    @Test
    void beforeThePositionIsKnownEverythingIsHeld() {
        Lab.Guest ada = lab.guest(0).in(ADA, 5, ROOM);
        publish(5, 7, 6);
        assertThat(ada.received()).isEmpty();

        lab.onHub(parts -> parts.conversations().startAt(ROOM, 5));

        assertThat(ada.received()).containsExactly("e6", "e7");
    }

    @Test
    void aLaterStartChangesNothing() {
        Lab.Guest ada = guest(ADA, 0);
        publish(1);
        lab.onHub(parts -> parts.conversations().startAt(ROOM, 9));
        publish(2);

        assertThat(ada.received()).containsExactly("e1", "e2");
    }

    @Test
    void whatHasNoVersionGoesAtOnce() {
        Lab.Guest ada = guest(ADA, 0);

        publish(new Frame(ROOM, 0, 0, List.of(), List.of(), Buffer.buffer("receipt"), 0));

        assertThat(ada.received()).containsExactly("receipt");
    }

    @Test
    void whoJoinsHearsFromThatVersionOn() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);

        publish(
                Lab.event(ROOM, 4),
                Lab.event(ROOM, 5, List.of(ADA), List.of()),
                Lab.event(ROOM, 4),
                Lab.event(ROOM, 6));

        assertThat(ada.received()).containsExactly("e5", "e6");
    }

    @Test
    void whoJoinsARoomThatOthersAreInHearsNothingOfBefore() {
        Lab.Guest bob = guest(0, BOB, 0);
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        Lab.Guest adaElsewhere = lab.guest(1).in(ADA, 0);

        publish(Lab.event(ROOM, 2, List.of(ADA), List.of()), Lab.event(ROOM, 3), Lab.event(ROOM, 1));

        assertThat(bob.received()).containsExactly("e1", "e2", "e3");
        assertThat(ada.received()).containsExactly("e2", "e3");
        assertThat(adaElsewhere.received()).containsExactly("e2", "e3");
    }

    @Test
    void whoLeavesHearsNothingFromThatVersionOn() {
        Lab.Guest ada = guest(0, ADA, 0);
        Lab.Guest adaElsewhere = guest(1, ADA, 0);
        Lab.Guest bob = guest(0, BOB, 0);

        publish(Lab.event(ROOM, 1), Lab.event(ROOM, 2, List.of(), List.of(ADA)), Lab.event(ROOM, 3));

        assertThat(ada.received()).containsExactly("e1");
        assertThat(adaElsewhere.received()).containsExactly("e1");
        assertThat(bob.received()).containsExactly("e1", "e2", "e3");
    }

    @Test
    void anEventOutOfOrderThatEndsAMembershipWaitsForWhatTheMemberMaySee() {
        Lab.Guest ada = guest(ADA, 0);

        publish(Lab.event(ROOM, 2, List.of(), List.of(ADA)), Lab.event(ROOM, 1));

        assertThat(ada.received()).containsExactly("e1");
    }

    @Test
    void aRangeIsForThoseWhoWereInAllTheTimeAndOthersReadAnew() {
        Lab.Guest ada = guest(ADA, 0);
        Lab.Guest bob = lab.guest(1).in(BOB, 0);
        Lab.Guest eve = guest(0, new UUID(0, 13), 0);
        answer(Lab.changes(0, 8, List.of(BOB), List.of(ADA)));

        publish(9, 10);

        await().untilAsserted(() -> assertThat(eve.received()).containsExactly("changes 0-8", "e9", "e10"));
        assertThat(bob.received()).containsExactly("anew 8", "e9", "e10");
        assertThat(ada.received()).isEmpty();
    }

    @Test
    void aConversationThatNobodyUsesIsForgotten() {
        guest(ADA, 0).leave();
        sweep();

        lab.journal(ROOM, 9);

        await().during(Duration.ofMillis(150)).until(asked::isEmpty);
    }

    @Test
    void aConversationThatSomebodyUsesSurvivesTheSweep() {
        Lab.Guest ada = guest(0, ADA, 0);
        guest(0, BOB, 0).leave();
        guest(1, BOB, 0).leave();
        sweep();

        publish(1);

        assertThat(ada.received()).containsExactly("e1");
    }

    @Test
    void whoComesWhileItIsSweptMissesNothing() {
        guest(ADA, 0).leave();
        Lab.Guest bob = lab.guest(0);
        lab.hub.tell(parts -> {
            parts.conversations().sweep();
            parts.conversations().subscribe(0, List.of(ROOM), List.of());
        });
        lab.settle();
        bob.in(BOB, 0, ROOM);

        publish(1);

        assertThat(bob.received()).containsExactly("e1");
    }

    /** The hub granted it for a session that had ended already: no room was ever made or left for it. */
    @Test
    void anInterestThatNobodyEverUsedEndsWithASweep() {
        lab.onHub(parts -> {
            parts.conversations().subscribe(0, List.of(ROOM), List.of());
            parts.conversations().startAt(ROOM, 0);
        });
        publish(1);
        sweep();

        lab.journal(ROOM, 9);

        await().during(Duration.ofMillis(150)).until(asked::isEmpty);
    }

    @Test
    void onlyWhenNothingIsLackingTheFenceIsToldToTheLoops() {
        guest(ADA, 0);
        lab.fence(77);
        await().until(() -> fence() == 77);

        answers.add(Promise.<HubActions.Repaired>promise().future());
        lab.journal(ROOM, 1);
        await().until(() -> asked.size() == 1);
        lab.fence(99);

        await().during(Duration.ofMillis(100)).until(() -> fence() == 77);
    }

    /** Or a client that is told the fence and goes away at once would never hear of what the snapshot did not have. */
    @Test
    void whatTheJournalTellsBeforeThePositionIsKnownHoldsBackTheFence() {
        lab.guest(0).in(ADA, 7, ROOM);
        lab.journal(ROOM, 8);
        lab.fence(77);
        await().during(Duration.ofMillis(150)).until(() -> fence() < 77);
        answer(Lab.changes(7, 8));

        lab.onHub(parts -> parts.conversations().startAt(ROOM, 7));

        await().until(() -> fence() == 77);
        assertThat(asked).containsExactly(7L);
    }

    @Test
    void theRepairOfAFormerLifeDoesNotMakeANewOneComplete() {
        Promise<HubActions.Repaired> former = Promise.promise();
        answers.add(former.future());
        Lab.Guest ada = guest(ADA, 0);
        publish(2);
        await().until(() -> asked.size() == 1);
        ada.leave();
        sweep();
        answers.add(Promise.<HubActions.Repaired>promise().future());
        guest(BOB, 2);
        lab.journal(ROOM, 3);
        lab.fence(77);
        await().until(() -> asked.size() == 2);

        former.complete(Lab.changes(0, 2));

        await().during(Duration.ofMillis(150)).until(() -> fence() < 77);
    }

    @Test
    void whoComesWithAnOlderStateThanOthersBeganWithMustReadItAgain() {
        lab.guest(0).in(ADA, 7, ROOM);
        lab.guest(1).in(BOB, 5, ROOM);

        lab.onHub(parts -> {
            assertThat(parts.conversations().startAt(ROOM, 7)).isTrue();
            assertThat(parts.conversations().startAt(ROOM, 5)).isFalse();
            assertThat(parts.conversations().startAt(ROOM, 8)).isTrue();
        });
    }

    @Test
    void whoJoinsBeforeThePositionIsKnownIsLetIn() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        lab.guest(1).in(BOB, 8, ROOM);

        publish(Lab.event(ROOM, 6, List.of(ADA), List.of()));
        lab.onHub(parts -> parts.conversations().startAt(ROOM, 8));
        publish(7, 8);

        assertThat(ada.received()).containsExactly("e6", "e7", "e8");
    }

    /** Nobody here had heard of the conversation: an event after the joining may have come before it. */
    @Test
    void whatWasMissedBeforeSomebodyJoinedIsLookedFor() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        answer(Lab.changes(5, 7));

        publish(Lab.event(ROOM, 7), Lab.event(ROOM, 5, List.of(ADA), List.of()));

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("e5", "changes 5-7"));
    }

    @Test
    void anOldLeaveDoesNotEndALaterMembership() {
        guest(1, BOB, 4);
        Lab.Guest ada = lab.guest(0).in(ADA, 10, ROOM);

        publish(Lab.event(ROOM, 5, List.of(), List.of(ADA)));
        publish(6, 7, 8, 9, 10, 11);

        assertThat(ada.received()).containsExactly("e11");
    }

    @Test
    void aRangeThatASessionIsBeyondChangesNothingForIt() {
        Lab.Guest bob = guest(1, BOB, 4);
        Lab.Guest ada = lab.guest(0).in(ADA, 10, ROOM);
        answer(Lab.changes(4, 9, List.of(ADA), List.of(ADA)));

        publish(11, 10);

        await().untilAsserted(() -> assertThat(bob.received()).containsExactly("changes 4-9", "e10", "e11"));
        assertThat(ada.received()).containsExactly("e11");
    }

    @Test
    void theRepairOfAFormerLifeLetsNobodyIn() {
        Promise<HubActions.Repaired> former = Promise.promise();
        answers.add(former.future());
        Lab.Guest eve = guest(0, new UUID(0, 13), 0);
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        publish(2);
        await().until(() -> asked.size() == 1);
        eve.leave();
        sweep();
        guest(1, BOB, 8);

        former.complete(Lab.changes(0, 5, List.of(ADA), List.of(ADA)));
        lab.settle();
        publish(9);

        assertThat(ada.received()).isEmpty();
    }

    @Test
    void anAnswerThatIsOnlyAPartIsFollowedByTheRestThoughNothingElseTellsOfIt() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        HubActions.Repaired part = Lab.changes(5, 7);
        answer(new HubActions.Repaired(7, 7, true, part.frame(), part.joined(), part.out(), part.anew()));
        answer(Lab.changes(7, 9));

        publish(Lab.event(ROOM, 5, List.of(ADA), List.of()));

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("e5", "changes 5-7", "changes 7-9"));
    }
}

package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Closing;
import io.parley.bus.PersonalFrame;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PersonHubTest {
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID GAINED = new UUID(0, 101);

    private final Lab lab = new Lab(2);
    private final List<Long> asked = new CopyOnWriteArrayList<>();
    private final Queue<Future<HubActions.PersonalRepaired>> answers = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() {
        lab.answer(HubActions.PERSONAL_REPAIR, question -> {
            asked.add(question.after());
            Future<HubActions.PersonalRepaired> answer = answers.poll();
            return answer == null ? Future.failedFuture(AppError.unavailable("not scripted")) : answer;
        });
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private void answer(long after, long version, HubActions.Stay... stays) {
        Buffer frame = Buffer.buffer("personal " + after + "-" + version);
        answers.add(Future.succeededFuture(
                new HubActions.PersonalRepaired(version, Closing.NONE, true, frame, List.of(stays), List.of())));
    }

    private Lab.Guest guest(int loop, long version, UUID... conversations) {
        Lab.Guest guest = lab.guest(loop).in(ADA, 0, conversations);
        lab.onHub(parts -> {
            parts.people().startAt(ADA, version);
            for (UUID conversation : conversations) {
                parts.conversations().startAt(conversation, 0);
            }
        });
        return guest;
    }

    private void publish(long... versions) {
        for (long version : versions) {
            lab.bus.events().publish(Lab.personal(ADA, version));
        }
        lab.settle();
    }

    @Test
    void everySessionOfThePersonGetsHisEventsInOrder() {
        Lab.Guest phone = guest(0, 0);
        Lab.Guest tablet = guest(1, 0);

        publish(2, 1, 2, 3);

        assertThat(phone.received()).containsExactly("p1", "p2", "p3");
        assertThat(tablet.received()).containsExactly("p1", "p2", "p3");
    }

    @Test
    void twoSessionsOnOneLoopGetEachEventOnce() {
        Lab.Guest phone = guest(0, 0);
        Lab.Guest tablet = guest(0, 0);

        publish(1);

        assertThat(phone.received()).containsExactly("p1");
        assertThat(tablet.received()).containsExactly("p1");
    }

    @Test
    void nobodyElseGetsThem() {
        Lab.Guest bob = lab.guest(0).in(new UUID(0, 12), 0);

        publish(1);

        assertThat(bob.received()).isEmpty();
    }

    @Test
    void whatHasNoVersionGoesAtOnce() {
        Lab.Guest phone = lab.guest(0).in(ADA, 0);

        publish(0);

        assertThat(phone.received()).containsExactly("p0");
    }

    @Test
    void beforeThePositionIsKnownEverythingIsHeld() {
        Lab.Guest phone = lab.guest(0).in(ADA, 0);
        publish(5, 6);
        assertThat(phone.received()).isEmpty();

        lab.onHub(parts -> parts.people().startAt(ADA, 5));

        assertThat(phone.received()).containsExactly("p6");
    }

    @Test
    void beyondTheLimitTheOldestSessionGivesWay() {
        Lab.Guest first = guest(0, 0);
        Lab.Guest second = guest(1, 0);
        Lab.Guest third = guest(0, 0);

        lab.settle();

        assertThat(first.closed).containsExactly(CloseCode.REPLACED);
        assertThat(second.closed).isEmpty();
        assertThat(third.closed).isEmpty();
    }

    @Test
    void anEventThatClosesIsTheLastOne() {
        Lab.Guest phone = guest(0, 0);
        Lab.Guest tablet = guest(1, 0);

        lab.bus.events().publish(new PersonalFrame(ADA, 1, true, Buffer.buffer("suspended")));
        publish(2);

        for (Lab.Guest session : List.of(phone, tablet)) {
            assertThat(session.received()).containsExactly("suspended");
            assertThat(session.closed).containsExactly(CloseCode.UNAUTHENTICATED);
        }
    }

    @Test
    void aLostEventIsHealedByTheStateSince() {
        Lab.Guest phone = guest(0, 4);
        answer(4, 6);

        publish(7, 6);

        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("personal 4-6", "p7"));
        assertThat(asked).containsExactly(4L);
    }

    @Test
    void theJournalTellsOfWhatWasLostAltogether() {
        Lab.Guest phone = guest(0, 4);
        answer(4, 5);

        lab.personalJournal(ADA, 5);

        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("personal 4-5"));
    }

    @Test
    void aConversationGainedWithoutAnEventIsEntered() {
        Lab.Guest phone = guest(0, 1);
        answer(1, 3, new HubActions.Stay(GAINED, 9, 9, 1));
        lab.personalJournal(ADA, 3);
        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("personal 1-3"));
        lab.settle();

        lab.bus.events().publish(Lab.event(GAINED, 9));
        lab.bus.events().publish(Lab.event(GAINED, 10));
        lab.settle();

        assertThat(phone.received()).containsExactly("personal 1-3", "e10");
    }

    @Test
    void whoWasSuspendedWithoutAnEventIsSentAway() {
        Lab.Guest phone = guest(0, 1);
        answers.add(Future.succeededFuture(new HubActions.PersonalRepaired(
                2, Closing.ALL, true, Buffer.buffer("personal"), List.of(), List.of())));

        lab.personalJournal(ADA, 2);

        await().untilAsserted(() -> assertThat(phone.closed).containsExactly(CloseCode.UNAUTHENTICATED));
    }

    @Test
    void aRepairThatFailsIsTriedAgain() {
        Lab.Guest phone = guest(0, 1);
        answers.add(Future.failedFuture(AppError.unavailable("away")));
        answer(1, 2);

        lab.personalJournal(ADA, 2);

        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("personal 1-2"));
    }

    /** A restored backup: what is there now is the truth. */
    @Test
    void aJournalThatKnowsMoreThanTheStateIsNotAskedForEver() {
        guest(0, 5);
        answer(5, 3);
        lab.personalJournal(ADA, 9, 1);
        lab.fence(2);
        await().until(() -> asked.size() == 1);

        await().until(() -> Lab.await(lab.hub.ask(() -> lab.hub.parts().people().complete())));
        assertThat(asked).containsExactly(5L);
    }

    @Test
    void whoHasNoSessionLeftIsForgotten() {
        Lab.Guest phone = guest(0, 0);
        Lab.Guest tablet = guest(0, 0);
        phone.leave();
        lab.onHub(parts -> assertThat(parts.people().present(ADA)).isTrue());
        tablet.leave();
        lab.onHub(parts -> assertThat(parts.people().present(ADA)).isFalse());

        publish(1);

        assertThat(phone.received()).isEmpty();
    }

    @Test
    void whoIsToldOfAGainIsInTheConversationThoughItsEventWasLost() {
        Lab.Guest phone = guest(0, 1);
        Lab.Guest tablet = guest(1, 1);

        lab.bus.events().publish(Lab.gained(ADA, 2, GAINED, 9));
        lab.bus.events().publish(Lab.event(GAINED, 10));
        lab.settle();

        assertThat(phone.received()).containsExactly("p2", "e10");
        assertThat(tablet.received()).containsExactly("p2", "e10");
    }

    /** Others are in it since a later version; it goes back to where the person joined. */
    @Test
    void whatHappenedBetweenAGainAndTheBeginningOfOthersIsRead() {
        Lab.Guest bob = others(8);
        Lab.Guest phone = guest(0, 1);
        lab.answer(
                HubActions.REPAIR,
                question -> Future.succeededFuture(Lab.changes(question.after(), Math.max(8, question.after()))));

        lab.bus.events().publish(Lab.gained(ADA, 2, GAINED, 6));

        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("p2", "changes 6-8"));
        lab.bus.events().publish(Lab.event(GAINED, 9));
        lab.settle();
        assertThat(phone.received()).endsWith("e9");
        assertThat(bob.received()).containsExactly("e9");
    }

    /** Nobody may forget the conversation while the event of the joining is still to come. */
    @Test
    void aGainHoldsTheConversationThoughTheOthersLeave() {
        Lab.Guest bob = others(4);
        Lab.Guest phone = guest(0, 1);

        lab.bus.events().publish(Lab.gained(ADA, 2, GAINED, 5));
        lab.settle();
        bob.leave();
        lab.onHub(parts -> parts.conversations().sweep());
        lab.bus.events().publish(Lab.event(GAINED, 5, List.of(ADA), List.of()));
        lab.bus.events().publish(Lab.event(GAINED, 6));
        lab.settle();

        assertThat(phone.received()).containsExactly("p2", "e6");
    }

    /** The news that he is back came before the end of his former membership. */
    @Test
    void whoIsBackIsNotPutOutByTheEndOfHisFormerMembership() {
        Lab.Guest phone = lab.guest(0).in(ADA, 4, GAINED);
        lab.onHub(parts -> {
            parts.people().startAt(ADA, 1);
            parts.conversations().startAt(GAINED, 4);
        });

        lab.bus.events().publish(Lab.gained(ADA, 2, GAINED, 7));
        lab.bus.events().publish(Lab.event(GAINED, 5, List.of(), List.of(ADA)));
        lab.settle();
        lab.onHub(parts -> parts.conversations().sweep());
        for (long version = 6; version <= 8; version++) {
            lab.bus.events().publish(Lab.event(GAINED, version));
        }
        lab.settle();

        assertThat(phone.received()).containsExactly("p2", "e8");
    }

    private Lab.Guest others(long version) {
        Lab.Guest bob = lab.guest(1).in(new UUID(0, 12), version, GAINED);
        lab.onHub(parts -> parts.conversations().startAt(GAINED, version));
        return bob;
    }

    @Test
    void whoComesWithAnOlderStateThanOthersBeganWithMustReadItAgain() {
        guest(0, 7);

        lab.onHub(parts -> {
            assertThat(parts.people().startAt(ADA, 6)).isFalse();
            assertThat(parts.people().startAt(ADA, 7)).isTrue();
        });
    }

    @Test
    void anAnswerOlderThanTheJournalIsNotTheLastWord() {
        Lab.Guest phone = guest(0, 5);
        Promise<HubActions.PersonalRepaired> old = Promise.promise();
        answers.add(old.future());
        publish(7);
        await().until(() -> asked.size() == 1);
        answer(7, 9);

        publish(6);
        lab.onHub(parts -> parts.people().expect(ADA, 9));
        old.complete(
                new HubActions.PersonalRepaired(7, Closing.NONE, true, Buffer.buffer("old"), List.of(), List.of()));

        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("p6", "p7", "personal 7-9"));
    }

    @Test
    void anAnswerThatIsOnlyAPartIsNotTheLastWord() {
        Lab.Guest phone = guest(0, 5);
        Promise<HubActions.PersonalRepaired> part = Promise.promise();
        answers.add(part.future());
        lab.onHub(parts -> parts.people().expect(ADA, 9));
        await().until(() -> asked.size() == 1);
        answer(7, 9);

        publish(6, 7);
        part.complete(
                new HubActions.PersonalRepaired(6, Closing.NONE, true, Buffer.buffer("part"), List.of(), List.of()));

        await().untilAsserted(() -> assertThat(phone.received()).containsExactly("p6", "p7", "personal 7-9"));
    }
}

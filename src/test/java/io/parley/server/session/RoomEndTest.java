package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.server.auth.Principal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Conversations that end for everybody, and come back. */
class RoomEndTest {
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID BOB = new UUID(0, 12);

    private final Lab lab = new Lab(2);

    private volatile HubActions.Repaired answer = Lab.changes(0, 0);

    @BeforeEach
    void answerRepairs() {
        lab.answer(HubActions.REPAIR, asked -> Future.succeededFuture(answer));
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private Lab.Guest guest(int loop, UUID user, long version) {
        Lab.Guest guest = lab.guest(loop).in(user, version, ROOM);
        lab.onHub(parts -> parts.conversations().startAt(ROOM, version));
        return guest;
    }

    private static Frame end(long version) {
        return Frame.ending(ROOM, version, version, Buffer.buffer("end" + version));
    }

    private void publish(Frame... frames) {
        for (Frame frame : frames) {
            lab.bus.events().publish(frame);
        }
        lab.settle();
    }

    @Test
    void itIsTheLastThatAnySessionGetsOfTheRoom() {
        Lab.Guest ada = guest(0, ADA, 0);
        Lab.Guest bob = guest(1, BOB, 0);

        publish(Lab.event(ROOM, 1), end(2), Lab.event(ROOM, 3));

        assertThat(ada.received()).containsExactly("e1", "end2");
        assertThat(bob.received()).containsExactly("e1", "end2");
        assertThat(lab.onLoop(0, () -> ada.session.isIn(ROOM))).isFalse();
    }

    @Test
    void whatTheBusHasLostOfItIsToldByTheRepair() {
        Lab.Guest ada = guest(0, ADA, 1);
        Buffer told = Buffer.buffer("end4");
        answer = new HubActions.Repaired(4, 3, false, told, List.of(), List.of(), told, true, 0);

        lab.journal(ROOM, 4);

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("end4"));
        assertThat(lab.onLoop(0, () -> ada.session.isIn(ROOM))).isFalse();
    }

    @Test
    void whoHasItBackIsLetInThoughHisJoiningWasDeliveredBeforeItsEnd() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        guest(1, BOB, 0);
        publish(Lab.event(ROOM, 1, List.of(ADA), List.of()), end(2));
        Lab.Guest late = guest(1, new UUID(0, 13), 4);
        publish(Lab.event(ROOM, 3), Lab.event(ROOM, 4));
        lab.answer(
                HubActions.PERSONAL_REPAIR,
                asked -> Future.succeededFuture(new HubActions.PersonalRepaired(
                        1,
                        Closing.NONE,
                        true,
                        Buffer.buffer("back"),
                        List.of(new HubActions.Stay(ROOM, 1, 4, 1)),
                        List.of())));
        lab.onHub(parts -> parts.people().startAt(ADA, 0));
        lab.personalJournal(ADA, 1);

        await().untilAsserted(() -> assertThat(ada.received()).containsExactly("e1", "end2", "back"));
        publish(Lab.event(ROOM, 5));

        assertThat(ada.received()).containsExactly("e1", "end2", "back", "e5");
        assertThat(late.received()).containsExactly("e5");
    }

    @Test
    void anOlderEndPutsNobodyOutWhoBeganLater() {
        Lab.Guest ada = guest(0, ADA, 4);

        lab.loops.getFirst().deliver(end(3));
        lab.settle();
        publish(Lab.event(ROOM, 5));

        assertThat(ada.received()).containsExactly("e5");
    }

    @Test
    void whoIsNotReadyLearnsOfItAsSoonAsHeIs() {
        Lab.Guest ada = lab.guest(0);
        lab.onLoop(0, () -> {
            ada.session.enter(new Principal(Lab.TENANT, ADA, Instant.MAX), null);
            ada.session.join(ROOM, 0, 1, 1, 0);
        });
        SessionLoop loop = lab.loops.getFirst();

        loop.deliver(end(2));
        loop.deliver(Lab.event(ROOM, 3));
        lab.settle();
        lab.onLoop(0, ada.session::begin);

        assertThat(ada.received()).containsExactly("end2");
        assertThat(lab.onLoop(0, () -> ada.session.isIn(ROOM))).isFalse();
    }
}

package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.server.auth.Principal;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionLoopTest {
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID OTHER = new UUID(0, 101);
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID BOB = new UUID(0, 12);

    private final Lab lab = new Lab(1);
    private final SessionLoop loop = lab.loops.getFirst();

    @AfterEach
    void stop() {
        lab.close();
    }

    private void deliver(Frame... frames) {
        List.of(frames).forEach(loop::deliver);
        lab.settle();
    }

    private JsonNode pong(Lab.Guest guest) {
        lab.onLoop(0, () -> guest.session.pong("1"));
        lab.settle();
        return Json.parse(guest.received().getLast().getBytes(StandardCharsets.UTF_8));
    }

    private List<UUID> unused() {
        List<UUID> found = new ArrayList<>();
        loop.unused(found::addAll);
        lab.settle();
        return found;
    }

    @Test
    void aPongTellsTheHeadsOfWhatChangedSinceTheLastOne() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0, ROOM, OTHER);
        deliver(Lab.event(ROOM, 1), Lab.event(ROOM, 2));

        JsonNode first = pong(ada);
        JsonNode second = pong(ada);
        deliver(Lab.event(OTHER, 1));
        JsonNode third = pong(ada);

        assertThat(first.get("changed")).hasSize(1);
        assertThat(first.at("/changed/0/conversation").asText()).isEqualTo(ROOM.toString());
        assertThat(first.at("/changed/0/lastVersion").asLong()).isEqualTo(2);
        assertThat(second.get("changed")).isEmpty();
        assertThat(third.at("/changed/0/conversation").asText()).isEqualTo(OTHER.toString());
    }

    @Test
    void aCursorFollowsTheFenceOfTheLoop() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        loop.complete(99);

        assertThat(Cursor.decode(pong(ada).get("cursor").asText()).fence()).isEqualTo(99);
    }

    @Test
    void aSessionThatOverflowsWhileARoomIsServedHindersNobody() {
        List<Lab.Guest> guests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            guests.add(lab.guest(0).in(new UUID(1, i), 0, ROOM));
        }
        List<Lab.Guest> slow = List.of(guests.get(0), guests.get(4), guests.get(9));
        slow.forEach(guest -> guest.wire.stopReading());
        Buffer large = Buffer.buffer("x".repeat(lab.config.session().outboundBytes() / 2 + 1));
        deliver(Frame.of(ROOM, 1, 1, large, 0));
        deliver(Frame.of(ROOM, 2, 2, large, 0));
        deliver(Lab.event(ROOM, 3));

        assertThat(slow).allSatisfy(guest -> assertThat(guest.closed).containsExactly(CloseCode.TOO_SLOW));
        assertThat(guests).filteredOn(guest -> !slow.contains(guest)).allSatisfy(guest -> {
            assertThat(guest.closed).isEmpty();
            assertThat(guest.received()).hasSize(3).endsWith("e3");
        });
    }

    @Test
    void whatIsHeldForASessionThatIsNotReadyIsBounded() {
        Lab.Guest ada = lab.guest(0);
        lab.onLoop(0, () -> {
            ada.session.enter(new Principal(Lab.TENANT, ADA, Instant.MAX), null);
            ada.session.join(ROOM, 0, 0, 1, 0);
        });
        Buffer large = Buffer.buffer("x".repeat(1 << 19));

        deliver(Frame.of(ROOM, 1, 1, large, 0), Frame.of(ROOM, 2, 2, large, 0), Frame.of(ROOM, 3, 3, large, 0));

        assertThat(ada.closed).containsExactly(CloseCode.TOO_SLOW);
        assertThat(ada.received()).isEmpty();
    }

    @Test
    void roomsWithoutSessionsAreToldOnceAsUnused() {
        lab.guest(0).in(ADA, 0, ROOM, OTHER).leave();
        lab.guest(0).in(ADA, 0, OTHER);

        assertThat(unused()).containsExactly(ROOM);
        assertThat(unused()).isEmpty();
    }

    @Test
    void whatIsDeliveredForNobodyIsToldAsUnused() {
        deliver(Lab.event(ROOM, 1), Lab.event(ROOM, 2));

        assertThat(unused()).containsExactly(ROOM);
    }

    @Test
    void anEndedSessionIsInNoRoomAndNoPerson() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0, ROOM);
        lab.onLoop(0, ada.session::end);
        deliver(Lab.event(ROOM, 1, List.of(ADA), List.of()), Lab.event(ROOM, 2));

        assertThat(ada.received()).isEmpty();
        assertThat(unused()).containsExactly(ROOM);
    }

    private static PersonalFrame sharing(long version, boolean shares) {
        return new PersonalFrame(ADA, version, Closing.NONE, null, shares, Buffer.buffer("p" + version));
    }

    @Test
    void readReceiptsComeOnlyToWhoSharesHisOwn() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0, ROOM);
        Lab.Guest bob = lab.guest(0).in(new UUID(0, 12), 0, ROOM);
        loop.deliver(sharing(1, false));
        deliver(Frame.readReceipt(ROOM, Buffer.buffer("read")), Frame.of(ROOM, 0, 0, Buffer.buffer("delivered"), 0));
        loop.deliver(sharing(2, true));
        deliver(Frame.readReceipt(ROOM, Buffer.buffer("read again")));

        assertThat(ada.received()).containsExactly("p1", "delivered", "p2", "read again");
        assertThat(bob.received()).containsExactly("read", "delivered", "read again");
    }

    @Test
    void whatIsOlderDoesNotSayWhetherReadReceiptsCome() {
        Lab.Guest ada = lab.guest(0);
        lab.onLoop(0, () -> {
            ada.session.enter(new Principal(Lab.TENANT, ADA, Instant.MAX), null);
            ada.session.join(ROOM, 0, 0, 1, 0);
        });
        loop.deliver(sharing(6, false));
        lab.settle();
        lab.onLoop(0, () -> {
            ada.session.startAt(
                    new UUID(0, 0),
                    0,
                    new HubActions.AccountHeads(
                            true,
                            5,
                            List.of(new HubActions.Head(ROOM, 0, 0, 0, null, true, 0)),
                            List.of(),
                            List.of(),
                            true));
            ada.session.begin();
        });
        loop.deliver(
                ADA,
                new HubActions.PersonalRepaired(5, Closing.NONE, true, Buffer.buffer("late"), List.of(), List.of()));
        deliver(Frame.readReceipt(ROOM, Buffer.buffer("read")));

        assertThat(ada.received()).containsExactly("p6");
        loop.deliver(
                ADA, new HubActions.PersonalRepaired(7, Closing.NONE, true, Buffer.buffer("p7"), List.of(), List.of()));
        deliver(Frame.readReceipt(ROOM, Buffer.buffer("read")));
        assertThat(ada.received()).containsExactly("p6", "p7", "read");
    }

    /** Of what was gained after the fence was given the fence says nothing. */
    @Test
    void aFenceGoesWithTheVersionOfThePersonAtThatMoment() {
        Lab.Guest ada = lab.guest(0).in(ADA, 0);
        loop.complete(99);
        loop.deliver(Lab.personal(ADA, 1));

        assertThat(resumption(ada)).isEqualTo(new HubActions.Position(new UUID(0, 0), 0, 99));
        loop.complete(100);
        assertThat(resumption(ada)).isEqualTo(new HubActions.Position(new UUID(0, 0), 1, 100));
    }

    private HubActions.Position resumption(Lab.Guest guest) {
        return Cursor.decode(pong(guest).get("cursor").asText());
    }

    /** Others were here before: the room has been further already than a session that came to it late. */
    @Test
    void aPongTellsNoHeadThatTheSessionHasNotGot() {
        lab.guest(0).in(new UUID(0, 12), 0, ROOM);
        deliver(Lab.event(ROOM, 1), Lab.event(ROOM, 2), Lab.event(ROOM, 3));
        Lab.Guest ada = lab.guest(0).in(ADA, 1, ROOM);

        deliver(Lab.event(ROOM, 2));
        JsonNode behind = pong(ada);
        deliver(Lab.event(ROOM, 3));
        JsonNode current = pong(ada);

        assertThat(behind.get("changed")).isEmpty();
        assertThat(current.at("/changed/0/lastVersion").asLong()).isEqualTo(3);
    }

    @Test
    void whoCameAfterAMessageIsToldOnlyThatHeHasMissedSomething() {
        Lab.Guest ada = lab.guest(0).in(ADA, 3, ROOM);
        Lab.Guest bob = lab.guest(0).in(BOB, 0);
        deliver(Lab.event(ROOM, 4, List.of(BOB), List.of()));

        deliver(Lab.event(ROOM, 5).from(4), Lab.event(ROOM, 6).from(5), Lab.event(ROOM, 7));
        deliver(Frame.passing(ROOM, null, Buffer.buffer("moved")).from(4));
        loop.deliver(range(7, 9, 4));
        loop.deliver(range(9, 10, 5));
        lab.settle();

        assertThat(ada.received()).containsExactly("e4", "e5", "e6", "e7", "moved", "range 9", "range 10");
        assertThat(bob.received()).containsExactly("e4", missed(5), "e6", "e7", missed(9), "range 10");
    }

    @Test
    void whoComesWithAJoiningThatWasLostMayReadWhatFollows() {
        Lab.Guest bob = lab.guest(0).in(BOB, 0);
        loop.deliver(new Range(
                ROOM,
                3,
                5,
                8,
                Buffer.buffer("range"),
                List.of(new Frame.Joining(BOB, 1)),
                List.of(BOB),
                Buffer.buffer("anew"),
                false,
                4));
        deliver(Lab.event(ROOM, 6).from(8), Lab.event(ROOM, 7).from(9));

        assertThat(bob.received()).containsExactly("anew", missed(6), "e7");
    }

    /** Until it is known what he may read he is not told what not everybody may. */
    @Test
    void whatComesBeforeOneIsReadyIsMissedToo() {
        Lab.Guest ada = lab.guest(0);
        lab.onLoop(0, () -> {
            ada.session.enter(new Principal(Lab.TENANT, ADA, Instant.MAX), null);
            ada.session.subscribeAll(List.of(ROOM));
        });
        deliver(Lab.event(ROOM, 4).from(2), Lab.event(ROOM, 5));
        HubActions.Head head = new HubActions.Head(ROOM, 3, 3, 0, null, true, 2);
        lab.onLoop(0, () -> {
            ada.session.startAt(
                    Lab.EPOCH, 0, new HubActions.AccountHeads(true, 0, List.of(head), List.of(), List.of(), true));
            ada.session.begin();
        });
        deliver(Lab.event(ROOM, 6).from(1), Lab.event(ROOM, 7).from(2));

        assertThat(ada.received()).containsExactly(missed(4), "e5", missed(6), "e7");
    }

    private static Range range(long after, long version, long oldest) {
        return new Range(
                ROOM,
                after,
                version,
                version,
                Buffer.buffer("range " + version),
                List.of(),
                List.of(),
                Buffer.buffer("anew"),
                false,
                oldest);
    }

    private static String missed(long version) {
        return ("{'type':'changes','conversation':'%s','after':%d,'result':{'epoch':'%s','version':%d,'messages':[],"
                        + "'members':[],'more':false,'reset':false}}")
                .formatted(ROOM, version, Lab.EPOCH, version)
                .replace('\'', '"');
    }

    @Test
    void whoHearsOfAJoiningTwiceMissesNothingOfIt() {
        Lab.Guest ada = lab.guest(0);
        lab.onLoop(0, () -> ada.session.enter(new Principal(Lab.TENANT, ADA, Instant.MAX), null));
        deliver(Lab.event(ROOM, 4, List.of(ADA), List.of()), Lab.event(ROOM, 5));

        loop.admit(ADA, new HubActions.Stay(ROOM, 4, 4, 1), 1);
        lab.onLoop(0, ada.session::begin);

        assertThat(ada.received()).containsExactly("e4", "e5");
    }
}

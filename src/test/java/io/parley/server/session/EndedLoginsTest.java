package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Closing;
import io.parley.bus.PersonalFrame;
import io.parley.server.NodeActions;
import io.parley.server.NodeActions.LoginsOf;
import io.parley.server.auth.Origin;
import io.parley.server.auth.Principal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a log-in ends, so do the sessions that were opened with it, and no others. */
class EndedLoginsTest {
    private static final UUID ADA = new UUID(0, 11);
    private static final UUID BOB = new UUID(0, 12);
    private static final UUID PHONE = new UUID(0, 21);
    private static final UUID TABLET = new UUID(0, 22);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    /** In which a person has two sessions at most. */
    private final Lab lab = new Lab(2);

    private volatile Closing repaired = Closing.NONE;

    @BeforeEach
    void start() {
        lab.answer(
                HubActions.PERSONAL_REPAIR,
                question -> Future.succeededFuture(new HubActions.PersonalRepaired(
                        question.after() + 1, repaired, true, Buffer.buffer("personal"), List.of(), List.of())));
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private Lab.Guest guest(int loop, UUID user, Origin origin) {
        Lab.Guest guest = lab.guest(loop).in(new Principal(Lab.TENANT, user, origin, null, Instant.MAX), 0);
        lab.onHub(parts -> parts.people().startAt(user, 0));
        return guest;
    }

    private void publish(Closing closing) {
        lab.bus.events().publish(new PersonalFrame(ADA, 1, closing, Buffer.buffer("ended")));
        lab.settle();
    }

    @Test
    void onlyTheSessionsOfTheLogInEndAfterTheyWereTold() {
        Lab.Guest phone = guest(0, ADA, Origin.login(PHONE));
        Lab.Guest tablet = guest(1, ADA, Origin.login(TABLET));
        Lab.Guest bob = guest(0, BOB, Origin.login(PHONE));

        publish(Closing.of(List.of(PHONE), null));

        assertThat(phone.received()).containsExactly("ended");
        assertThat(phone.closed).containsExactly(CloseCode.UNAUTHENTICATED);
        assertThat(tablet.received()).containsExactly("ended");
        assertThat(tablet.closed).isEmpty();
        assertThat(bob.closed).isEmpty();
    }

    @Test
    void aSessionThatIsNotReadyEndsAsWell() {
        Lab.Guest phone = lab.guest(0);
        lab.onLoop(0, () -> phone.session.enter(principal(Origin.login(PHONE)), null));
        lab.onHub(parts -> {
            parts.people().enter(Lab.TENANT, ADA, phone.session.id(), PHONE, 0);
            parts.people().startAt(ADA, 0);
        });

        publish(Closing.of(List.of(PHONE), null));

        assertThat(phone.closed).containsExactly(CloseCode.UNAUTHENTICATED);
    }

    private static Principal principal(Origin origin) {
        return new Principal(Lab.TENANT, ADA, origin, null, Instant.MAX);
    }

    @Test
    void whoCameWithATokenOfNoLogInEndsByWhenItWasIssued() {
        Lab.Guest old = guest(0, ADA, Origin.issued(NOON));
        Lab.Guest young = guest(1, ADA, Origin.issued(NOON.plusSeconds(1)));

        publish(Closing.of(List.of(PHONE), NOON.plusMillis(500)));

        assertThat(old.closed).containsExactly(CloseCode.UNAUTHENTICATED);
        assertThat(young.closed).isEmpty();
    }

    @Test
    void aTokenThatDoesNotSayWhenItWasIssuedIsOlderThanAnyLogOut() {
        Lab.Guest silent = guest(0, ADA, Origin.issued(null));
        Lab.Guest phone = guest(1, ADA, Origin.login(PHONE));

        publish(Closing.of(List.of(), NOON));

        assertThat(silent.closed).containsExactly(CloseCode.UNAUTHENTICATED);
        assertThat(phone.closed).isEmpty();
    }

    @Test
    void whatTheBusHasLostTheJournalBrings() {
        Lab.Guest phone = guest(0, ADA, Origin.login(PHONE));
        Lab.Guest tablet = guest(1, ADA, Origin.login(TABLET));
        repaired = Closing.of(List.of(PHONE), null);

        lab.personalJournal(ADA, 1);

        await().untilAsserted(() -> assertThat(phone.closed).containsExactly(CloseCode.UNAUTHENTICATED));
        await().untilAsserted(() -> assertThat(tablet.received()).containsExactly("personal"));
        assertThat(tablet.closed).isEmpty();
    }

    @Test
    void theNodeTellsOfWhichLogInsAPersonIsConnected() {
        guest(0, ADA, Origin.login(PHONE));
        guest(1, ADA, Origin.issued(NOON));
        guest(0, BOB, Origin.login(TABLET));

        assertThat(logins(Lab.TENANT, ADA)).containsExactly(PHONE);
        assertThat(logins(new UUID(0, 99), ADA)).isEmpty();
        assertThat(logins(Lab.TENANT, new UUID(0, 13))).isEmpty();
    }

    private List<UUID> logins(UUID tenant, UUID user) {
        return Lab.await(lab.bus.askNode(NodeActions.LOGINS, "alone", new LoginsOf(tenant, user)))
                .ids();
    }
}

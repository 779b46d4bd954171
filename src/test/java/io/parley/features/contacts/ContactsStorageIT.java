package io.parley.features.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.contacts.Acquaintance.Done;
import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests and contacts: what becomes of what two people do about each other, and who is told. */
@ExtendWith(StorageExtension.class)
class ContactsStorageIT {
    private final TestDatabase database;
    private StorageSession session;
    private Acquaintance people;
    private UUID ada;
    private UUID bob;

    ContactsStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        people = new Acquaintance(session);
        session.update("TRUNCATE contacts, contact_requests, blocks");
        ada = session.person();
        bob = session.person();
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    @Test
    void aRequestIsToldToBothAndAnsweredOnce() throws SQLException {
        Done asked = people.request(ada, bob, "Remember me?", 500);
        assertThat(asked.outcome()).isEqualTo("new");
        assertThat(asked.toldTo(ada)).containsExactly("contactRequest.added outgoing");
        assertThat(asked.toldTo(bob)).containsExactly("contactRequest.added incoming");
        assertThat(asked.events())
                .allSatisfy(told -> assertThat(told.message()).isEqualTo("Remember me?"))
                .allSatisfy(told -> assertThat(told.userVersion()).isEqualTo(1))
                .allSatisfy(told -> assertThat(told.at()).isNotNull());

        Done accepted = people.accept(bob, ada);
        assertThat(accepted.outcome()).isEqualTo("ok");
        assertThat(accepted.toldTo(ada)).containsExactly("contactRequest.removed outgoing", "contact.added");
        assertThat(accepted.toldTo(bob)).containsExactly("contactRequest.removed incoming", "contact.added");
        assertThat(people.ties()).containsExactlyInAnyOrder("contact " + ada + " " + bob, "contact " + bob + " " + ada);
        assertThat(people.userVersion(ada)).isEqualTo(3);
        assertThat(people.changedLists(bob)).containsExactly("contactRequests 2", "contacts 3");
    }

    @Test
    void repeatingAnythingChangesNothing() throws SQLException {
        people.request(ada, bob, "first", 500);
        assertThat(people.request(ada, bob, "second", 500)).isEqualTo(new Done("requested", List.of(), 0, null));
        assertThat(session.query("SELECT message FROM contact_requests", row -> row.text("message")))
                .containsExactly("first");
        people.accept(bob, ada);
        long version = people.userVersion(ada);

        assertThat(people.accept(bob, ada).outcome()).isEqualTo("unchanged");
        assertThat(people.accept(ada, bob).outcome()).isEqualTo("unchanged");
        assertThat(people.request(ada, bob).outcome()).isEqualTo("contact");
        assertThat(people.decline(bob, ada).outcome()).isEqualTo("unchanged");
        assertThat(people.cancel(ada, bob).outcome()).isEqualTo("unchanged");
        assertThat(people.userVersion(ada)).isEqualTo(version);

        assertThat(people.remove(ada, bob).toldTo(bob)).containsExactly("contact.removed");
        assertThat(people.remove(ada, bob).outcome()).isEqualTo("unchanged");
        assertThat(people.remove(bob, ada).outcome()).isEqualTo("unchanged");
        assertThat(people.ties()).isEmpty();
        assertThat(people.userVersion(ada)).isEqualTo(version + 1);
    }

    @Test
    void askingSomebodyWhoHasAskedAcceptsHim() throws SQLException {
        people.request(ada, bob);
        Done crossed = people.request(bob, ada);

        assertThat(crossed.outcome()).isEqualTo("accepted");
        assertThat(crossed.toldTo(ada)).containsExactly("contactRequest.removed outgoing", "contact.added");
        assertThat(people.ties()).hasSize(2);
    }

    @Test
    void acceptingWhatWasNotAskedIsNotFound() throws SQLException {
        assertThat(people.accept(ada, bob).outcome()).isEqualTo("not_found");
        people.request(ada, bob);
        assertThat(people.accept(ada, bob).outcome()).isEqualTo("not_found");
        people.cancel(ada, bob);
        assertThat(people.accept(bob, ada).outcome()).isEqualTo("not_found");
    }

    @Test
    void whatWasDeclinedMayBeAskedAgainAfterAWeekAndByTheOtherAtOnce() throws SQLException {
        people.request(ada, bob, "please", 500);
        Done declined = people.decline(bob, ada);
        assertThat(declined.toldTo(ada)).containsExactly("contactRequest.removed outgoing");
        assertThat(declined.toldTo(bob)).containsExactly("contactRequest.removed incoming");
        assertThat(session.number("SELECT count(*) FROM contact_requests WHERE message IS NOT NULL"))
                .isZero();

        Done early = people.request(ada, bob);
        assertThat(early.outcome()).isEqualTo("too_early");
        assertThat(early.waitMs()).isBetween(7L * 86_400_000 - 60_000, 7L * 86_400_000);

        assertThat(people.request(bob, ada).outcome()).isEqualTo("new");
        assertThat(people.accept(ada, bob).outcome()).isEqualTo("ok");
        people.remove(ada, bob);
        assertThat(people.request(ada, bob).outcome()).isEqualTo("new");

        people.decline(bob, ada);
        session.update("UPDATE contact_requests SET again_at = clock_timestamp() - interval '1 second'");
        assertThat(people.request(ada, bob).outcome()).isEqualTo("new");
    }

    @Test
    void whatWasTakenBackMayBeAskedAgainAfterAWhile() throws SQLException {
        people.request(ada, bob);
        assertThat(people.cancel(ada, bob).toldTo(bob)).containsExactly("contactRequest.removed incoming");

        Done early = people.request(ada, bob);

        assertThat(early.outcome()).isEqualTo("too_early");
        assertThat(early.waitMs()).isBetween(540_000L, 600_000L);
        assertThat(people.changedLists(ada)).containsExactly("contactRequests 2");
    }

    @Test
    void onlySoManyRequestsMayWait() throws SQLException {
        UUID eve = session.person();
        assertThat(people.request(ada, bob, null, 1).outcome()).isEqualTo("new");
        assertThat(people.request(ada, eve, null, 1).outcome()).isEqualTo("too_many");
        assertThat(people.request(ada, bob, null, 1).outcome()).isEqualTo("requested");
        people.decline(bob, ada);
        assertThat(people.request(ada, eve, null, 1).outcome()).isEqualTo("new");
    }

    @Test
    void nobodyAsksWhoIsNotThereForHim() throws SQLException {
        UUID suspended = session.person();
        session.update("UPDATE users SET status = 'suspended' WHERE id = ?", suspended);
        UUID foreigner = session.person();
        session.update("UPDATE users SET tenant_id = ? WHERE id = ?", StorageSession.newId(), foreigner);
        people.block(bob, ada);

        for (UUID nobody : List.of(suspended, foreigner, bob, StorageSession.newId())) {
            assertThat(people.request(ada, nobody)).isEqualTo(new Done("not_found", List.of(), 0, null));
        }
        assertThat(people.request(bob, ada).outcome()).isEqualTo("blocked");
        assertThat(people.block(ada, foreigner).outcome()).isEqualTo("not_found");
        assertThat(people.block(ada, suspended).outcome()).isEqualTo("ok");
    }

    @Test
    void requestsThatAreOverAreForgottenInTime() throws SQLException {
        UUID eve = session.person();
        people.request(ada, bob);
        people.request(ada, eve);
        people.decline(bob, ada);
        session.update(
                "UPDATE contact_requests SET again_at = clock_timestamp() - interval '1 second' WHERE to_id = ?", bob);

        session.update("DELETE FROM contact_requests WHERE again_at < clock_timestamp()");

        assertThat(people.ties()).containsExactly("request " + ada + " " + eve);
        assertThat(people.request(ada, bob).outcome()).isEqualTo("new");
    }
}

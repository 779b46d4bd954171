package io.parley.features.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Json;
import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the functions say of guests, also when somebody becomes one beside something else. */
@ExtendWith(StorageExtension.class)
class GuestsStorageIT {
    private static final int ROUNDS = 40;

    private final TestDatabase database;
    private StorageSession session;

    GuestsStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    private static String setKind(StorageSession on, UUID person, String kind) throws SQLException {
        return on.query("SELECT outcome FROM set_account_kind(?, ?)", row -> row.text("outcome"), person, kind)
                .getFirst();
    }

    private UUID guest() throws SQLException {
        UUID person = session.person();
        setKind(session, person, "guest");
        return person;
    }

    private boolean knows(UUID viewer, UUID person) throws SQLException {
        return session.number("SELECT knows(?, ?, ?)::int", TestDatabase.TENANT, viewer, person) == 1;
    }

    private long acquaintances(UUID guest) throws SQLException {
        return session.number("SELECT cardinality(acquaintances(?, ?))", TestDatabase.TENANT, guest);
    }

    /** Something done on a connection of its own. */
    private interface Act {
        String run(StorageSession own) throws SQLException;
    }

    private String own(Act act) throws SQLException {
        try (StorageSession own = new StorageSession(database)) {
            return act.run(own);
        }
    }

    @Test
    void nobodyBecomesAGuestAndAnAdminAtTheSameMoment() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<UUID> people = session.people(2);
            UUID group = session.group(people);

            List<String> done = Threads.together(List.of(
                    () -> own(on -> on.setRole(group, people.get(0), people.get(1), "admin")
                            .outcome()),
                    () -> own(on -> setKind(on, people.get(1), "guest"))));

            assertThat(done).isIn(List.of("ok", "leading"), List.of("guest_in_charge", "ok"));
        }
    }

    @Test
    void nobodyBecomesAGuestAndMakesAGroupAtTheSameMoment() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            UUID person = session.person();
            String item = Json.text(List.of(Map.of(
                    "tenant",
                    TestDatabase.TENANT,
                    "id",
                    StorageSession.newId(),
                    "type",
                    "group",
                    "creator",
                    person,
                    "members",
                    List.of(),
                    "settings",
                    Map.of("name", "Own"))));

            List<String> done = Threads.together(List.of(
                    () -> own(on -> on.query(
                                    "SELECT outcome FROM open_conversations(?::jsonb, 100)",
                                    row -> row.text("outcome"),
                                    item)
                            .getFirst()),
                    () -> own(on -> setKind(on, person, "guest"))));

            assertThat(done).isIn(List.of("created", "leading"), List.of("guest", "ok"));
        }
    }

    @Test
    void aGuestKnowsThoseWithWhomHeIsInAConversationNow() throws SQLException {
        UUID guest = guest();
        UUID ada = session.person();
        UUID bob = session.person();
        UUID group = session.group(ada, bob, guest);

        assertThat(knows(guest, guest)).isTrue();
        assertThat(knows(guest, ada)).isTrue();
        assertThat(knows(guest, session.person())).isFalse();
        assertThat(knows(ada, guest())).isTrue();
        assertThat(session.number("SELECT knows(?, NULL, ?)::int", TestDatabase.TENANT, ada))
                .isEqualTo(1);

        session.remove(group, ada, bob);
        assertThat(knows(guest, bob)).isFalse();
        session.remove(group, ada, guest);
        assertThat(knows(guest, ada)).isFalse();
        assertThat(acquaintances(guest)).isZero();
    }

    @Test
    void ofAVeryLargeGroupHisListHasAnEndAndBeginsWithTheSmallerOnes() throws SQLException {
        List<UUID> crowd = session.people(1_500);
        UUID guest = guest();
        crowd.add(guest);
        session.group(crowd);
        UUID friend = session.person();
        session.group(friend, guest);

        assertThat(acquaintances(guest)).isEqualTo(1_000);
        assertThat(session.number("SELECT (? = ANY (acquaintances(?, ?)))::int", friend, TestDatabase.TENANT, guest))
                .isEqualTo(1);
        assertThat(knows(guest, crowd.get(1_200))).isTrue();
    }

    @Test
    void aGuestAndWhomHeKnowsAreLookedUpHoweverManyThereAre() throws SQLException {
        UUID guest = guest();
        UUID ada = session.person();
        session.group(ada, guest);
        session.group(session.people(2_000));

        for (String planned : List.of("while the planner knows nothing of them", "when it knows how many they are")) {
            assertThat(session.rowsRead("users", () -> knows(guest, ada)))
                    .as(planned)
                    .isEqualTo(1);
            assertThat(session.rowsRead("members", () -> knows(guest, ada)))
                    .as(planned)
                    .isEqualTo(1);
            session.update("ANALYZE users, members, user_conversations, conversation_counters");
        }
    }

    @Test
    void whoIsNoGuestHasNoListOfAcquaintances() throws SQLException {
        assertThat(session.number("SELECT (acquaintances(?, ?) IS NULL)::int", TestDatabase.TENANT, session.person()))
                .isEqualTo(1);
    }

    @Test
    void aPlatformAdminIsNoGuest() throws SQLException {
        UUID admin = session.person();
        session.update("UPDATE users SET role = 'admin' WHERE id = ?", admin);

        assertThat(setKind(session, admin, "guest")).isEqualTo("leading");
    }
}

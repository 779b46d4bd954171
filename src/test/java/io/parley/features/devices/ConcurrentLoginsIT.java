package io.parley.features.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What holds while log-ins begin, are refreshed and end at the same time. Rerun with {@code -Dparley.seed=<printed
 * seed>}; the interleaving is not repeated, the choices of each connection are.
 */
@ExtendWith(StorageExtension.class)
class ConcurrentLoginsIT {
    private static final int CONNECTIONS = 6;
    private static final int CALLS = 150;
    private static final int MOST = 5;

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());

    ConcurrentLoginsIT(TestDatabase database) {
        this.database = database;
        System.out.println("seed " + seed);
    }

    /** Nothing waits for ever either: a deadlock fails a call. */
    @Test
    void versionsHaveNeitherGapsNorRepeatsAndTheLimitHolds() throws Exception {
        List<UUID> people;
        try (LoginTable table = new LoginTable(database)) {
            people = table.session.people(3);
        }

        Threads.together(CONNECTIONS, place -> {
            Random random = new Random(seed + place);
            try (LoginTable table = new LoginTable(database)) {
                for (int i = 0; i < CALLS; i++) {
                    change(table, random, people.get(random.nextInt(people.size())));
                }
            }
            return place;
        });

        try (LoginTable table = new LoginTable(database)) {
            for (UUID person : people) {
                assertThat(table.living(person)).hasSizeLessThanOrEqualTo(MOST);
                assertThat(table.session.query(
                                "SELECT v FROM user_counters k, generate_series(1, k.user_version) v WHERE k.user_id = ?"
                                        + " EXCEPT SELECT v.v FROM journal j, unnest(users, user_versions) AS v (u, v)"
                                        + " WHERE u = ?",
                                row -> row.number("v"),
                                person,
                                person))
                        .as("versions that the journal has not")
                        .isEmpty();
                assertThat(table.session.number(
                                "SELECT count(*) FROM refresh_families WHERE user_id = ?"
                                        + " AND (ended_at IS NULL) <> (ended_version IS NULL)",
                                person))
                        .isZero();
            }
        }
    }

    private static void change(LoginTable table, Random random, UUID person) throws SQLException {
        List<UUID> living = new ArrayList<>(table.living(person));
        UUID one = living.isEmpty() ? StorageSession.newId() : living.get(random.nextInt(living.size()));
        switch (random.nextInt(8)) {
            case 0 -> table.end(person, living.toArray(UUID[]::new));
            case 1 -> table.endAll(person, one, random.nextBoolean());
            case 2 -> table.rotate(one, 0);
            case 3 -> table.end(person, one);
            case 4 ->
                table.session.update("UPDATE refresh_families SET expires_at = clock_timestamp() WHERE id = ?", one);
            case 5 -> table.session.number("SELECT expire_logins(100)");
            default -> table.open(person, StorageSession.newId(), "unknown", MOST);
        }
    }

    /** Whichever was first: afterwards there is no token that is good. */
    @Test
    void aLogInThatIsRefreshedAndEndedAtOnceHasEnded() throws Exception {
        for (int round = 0; round < 30; round++) {
            UUID person;
            UUID login;
            try (LoginTable table = new LoginTable(database)) {
                person = table.session.person();
                login = table.open(person);
            }

            List<String> outcomes = Threads.together(2, place -> {
                try (LoginTable table = new LoginTable(database)) {
                    return place == 0
                            ? table.rotate(login, 0)
                            : Integer.toString(table.end(person, login).count());
                }
            });

            assertThat(outcomes.get(0)).isIn("ok", "ended");
            assertThat(outcomes.get(1)).isEqualTo("1");
            try (LoginTable table = new LoginTable(database)) {
                assertThat(table.holds(person, login)).isFalse();
                assertThat(table.rotate(login, 0)).isEqualTo("ended");
                assertThat(table.rotate(login, 1)).isEqualTo("ended");
            }
        }
    }

    /** A log-in with the right password and a suspension at the same time: it never outlives the suspension. */
    @Test
    void noLogInBeginsBesideASuspension() throws Exception {
        for (int round = 0; round < 30; round++) {
            UUID person;
            try (LoginTable table = new LoginTable(database)) {
                person = table.session.person();
            }

            Threads.together(2, place -> {
                try (LoginTable table = new LoginTable(database)) {
                    return place == 0
                            ? table.open(person, StorageSession.newId(), "unknown", MOST)
                                    .outcome()
                            : table.session
                                    .query(
                                            "SELECT * FROM set_account_status(?, 'suspended')",
                                            row -> row.text("outcome"),
                                            person)
                                    .getFirst();
                }
            });

            try (LoginTable table = new LoginTable(database)) {
                assertThat(table.living(person)).isEmpty();
            }
        }
    }
}

package io.parley.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The journal's partitions and order, and the epoch. */
@ExtendWith(StorageExtension.class)
class JournalStorageIT {

    private final TestDatabase database;
    private StorageSession session;
    private UUID owner;
    private UUID room;

    JournalStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        owner = session.person();
        room = session.group(owner);
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    @Test
    void rowsOfAMissedDayAreMovedIntoItsPartition() throws SQLException {
        session.update("DROP TABLE IF EXISTS " + partition(0));
        session.append(Send.text(room, owner));
        assertThat(session.number("SELECT count(*) FROM journal_default")).isOne();

        maintain(9, "7 days");

        assertThat(session.number("SELECT count(*) FROM journal_default")).isZero();
        assertThat(session.number("SELECT count(*) FROM " + partition(0))).isOne();
        assertThat(session.number("SELECT count(*) FROM " + partition(9))).isZero();
        assertThat(session.append(Send.text(room, owner)).outcome()).isEqualTo("ok");
    }

    @Test
    void aDayIsDroppedWhenAllFollowersHavePassedItOrItIsTooOld() throws SQLException {
        makeDay(-3);
        makeDay(-10);
        session.update("INSERT INTO journal_followers (name, fence) VALUES ('slow', '1')");
        session.update("INSERT INTO journal_followers (name, fence) VALUES ('fast', pg_current_xact_id())");

        maintain(1, "7 days");
        assertThat(exists(partition(-10))).isFalse();
        assertThat(exists(partition(-3))).isTrue();

        session.update("UPDATE journal_followers SET fence = pg_current_xact_id()");
        maintain(1, "7 days");
        assertThat(exists(partition(-3))).isFalse();
        assertThat(exists(partition(0))).isTrue();
        session.update("DELETE FROM journal_followers");
    }

    @Test
    void writersGoOnWhilePartitionsAreMadeAndDropped() throws Exception {
        List<Long> stored = Threads.together(3, place -> {
            try (StorageSession own = new StorageSession(database)) {
                long count = 0;
                for (int i = 0; i < 100; i++) {
                    if (place == 0) {
                        own.query("SELECT journal_maintain(?, interval '7 days')", row -> "", 10 + i % 20);
                    } else {
                        count += own.append(Send.text(room, owner)).number() > 0 ? 1 : 0;
                    }
                }
                return count;
            }
        });

        assertThat(stored).containsExactly(0L, 100L, 100L);
    }

    @Test
    void rowsOfOneConversationStandInTheOrderOfItsVersions() throws Exception {
        Threads.together(4, place -> {
            try (StorageSession own = new StorageSession(database)) {
                for (int i = 0; i < 100; i++) {
                    own.append(Send.text(room, owner));
                }
            }
            return place;
        });

        assertThat(session.query(
                        "SELECT to_versions[1] AS version FROM journal WHERE conversations = ARRAY[?] ORDER BY id",
                        row -> row.number("version"),
                        room))
                .hasSize(401)
                .isSorted();
    }

    @Test
    void aCopyOfTheDatabaseElsewhereHasAnEpochOfItsOwn() throws SQLException {
        String epoch = epoch();
        assertThat(epoch()).isEqualTo(epoch);

        session.update("UPDATE server_epoch SET system_identifier = 'another'");
        String restored = epoch();
        session.update("UPDATE server_epoch SET timeline = timeline + 1");

        assertThat(restored).isNotEqualTo(epoch);
        assertThat(epoch()).isNotEqualTo(restored);
        assertThat(epoch()).isEqualTo(epoch());
    }

    @Test
    void whatIsDroppedBeforeAFollowerHasPassedItIsNoted() throws SQLException {
        makeDay(-10);
        long last = session.number("SELECT max(xid::text::bigint) AS n FROM " + partition(-10));

        maintain(1, "7 days");

        assertThat(session.number("SELECT dropped::text::bigint FROM journal_kept"))
                .isEqualTo(last + 1);
    }

    /** Or every follower would count as left behind for ever. */
    @Test
    void rowsOfAnotherClusterDoNotCountAsDroppedBeforeTheirTime() throws SQLException {
        makeDay(-11);
        session.update("UPDATE " + partition(-11) + " SET xid = '900000000000'");

        maintain(1, "7 days");

        assertThat(exists(partition(-11))).isFalse();
        assertThat(session.number("SELECT (dropped <= pg_current_xact_id())::int FROM journal_kept"))
                .isOne();
    }

    @Test
    void anHourWithoutChangesLeavesARowAllTheSame() throws SQLException {
        session.append(Send.text(room, owner));
        long rows = session.number("SELECT count(*) FROM journal");
        maintain(1, "7 days");
        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(rows);

        session.update(
                "UPDATE journal SET at = at - interval '2 hours' WHERE at > clock_timestamp() - interval '1 hour'");
        maintain(1, "7 days");
        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(rows + 1);
    }

    @Test
    void maintenanceThatMustWaitForALockGivesUpBeforeWritersFeelIt() throws SQLException {
        makeDay(-12);
        try (Connection forgotten = database.connect()) {
            forgotten.setAutoCommit(false);
            try (Statement insert = forgotten.createStatement()) {
                insert.execute("INSERT INTO journal DEFAULT VALUES");
            }
            assertThatThrownBy(() -> maintain(1, "7 days")).hasMessageContaining("lock timeout");
            assertThat(session.append(Send.text(room, owner)).outcome()).isEqualTo("ok");
        }
        maintain(1, "7 days");
        assertThat(exists(partition(-12))).isFalse();
    }

    @Test
    void ofSeveralWhoHaveSeenTheSameEpochOneEndsIt() throws Exception {
        String seen = epoch();

        Set<String> made = Set.copyOf(Threads.together(4, place -> {
            try (StorageSession own = new StorageSession(database)) {
                return own.query("SELECT new_epoch(?) AS epoch", row -> row.text("epoch"), UUID.fromString(seen))
                        .getFirst();
            }
        }));

        assertThat(made).hasSize(1).doesNotContain(seen);
        assertThat(epoch()).isEqualTo(made.iterator().next());
    }

    @Test
    void anEpochHasAHigherNumberThanThoseBeforeAndTheClockInIt() throws SQLException {
        epoch();
        long number = session.number("SELECT number FROM server_epoch");
        session.query("SELECT new_epoch()", row -> "");

        assertThat(session.number("SELECT number FROM server_epoch")).isGreaterThan(number);
        session.update("UPDATE server_epoch SET number = 1");
        session.query("SELECT new_epoch()", row -> "");
        assertThat(session.number("SELECT number FROM server_epoch")).isGreaterThan(number);
    }

    @Test
    void whereAFailoverLosesNothingAnotherTimelineAloneMakesNoEpoch() throws SQLException {
        String epoch = epoch();
        session.query("SELECT set_config('parley.synchronous_failover', 'on', false)", row -> "");

        session.update("UPDATE server_epoch SET timeline = timeline + 1");
        assertThat(epoch()).isEqualTo(epoch);
        session.update("UPDATE server_epoch SET system_identifier = 'another'");
        assertThat(epoch()).isNotEqualTo(epoch);
    }

    @Test
    void theFenceOfACursorIsNotAboveTheLastRow() throws SQLException {
        session.append(Send.text(room, owner));
        long fence = session.number("SELECT journal_fence()");

        for (int i = 0; i < 3; i++) {
            session.query("SELECT pg_current_xact_id()", row -> "");
        }

        assertThat(session.number("SELECT journal_fence()")).isEqualTo(fence);
        session.append(Send.text(room, owner));
        assertThat(session.number("SELECT journal_fence()")).isGreaterThan(fence + 3);
    }

    private String epoch() throws SQLException {
        return session.query("SELECT current_epoch() AS epoch", row -> row.text("epoch"))
                .getFirst();
    }

    private void maintain(int daysAhead, String keep) throws SQLException {
        session.query("SELECT journal_maintain(?, ?::interval)", row -> "", daysAhead, keep);
    }

    private void makeDay(int day) throws SQLException {
        session.update("INSERT INTO journal_default (at) VALUES (clock_timestamp() + ? * interval '1 day')", day);
        session.query("SELECT create_day_partitions('journal', 1)", row -> "");
        session.update("UPDATE " + partition(day) + " SET xid = pg_current_xact_id()");
    }

    private boolean exists(String table) throws SQLException {
        return session.number("SELECT count(to_regclass(?))", table) > 0;
    }

    /** The name of a day's partition, counted from today. */
    private String partition(int day) throws SQLException {
        return session.query(
                        "SELECT to_char((now() AT TIME ZONE 'UTC')::date + ?, '\"journal_\"YYYYMMDD') AS name",
                        row -> row.text("name"),
                        day)
                .getFirst();
    }
}

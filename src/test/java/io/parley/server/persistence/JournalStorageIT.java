package io.parley.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.List;
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

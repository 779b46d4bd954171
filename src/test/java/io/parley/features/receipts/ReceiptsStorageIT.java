package io.parley.features.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Mark;
import io.parley.support.testing.StorageSession.Marked;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Marks: how they move, what they answer and what is remembered of them. */
@ExtendWith(StorageExtension.class)
class ReceiptsStorageIT {

    private final TestDatabase database;
    private StorageSession session;
    private UUID sender;
    private UUID reader;
    private UUID room;

    ReceiptsStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        sender = session.person();
        reader = session.person();
        room = session.group(sender, reader);
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    @Test
    void aMarkIsClampedBetweenItsOldPlaceAndTheHead() throws SQLException {
        send(5);

        assertThat(session.advance(read(3))).isEqualTo(new Marked("ok", 3, 3, 2));
        assertThat(session.advance(read(2))).isEqualTo(new Marked("unchanged", 3, 3, 0));
        assertThat(session.advance(read(-1))).isEqualTo(new Marked("unchanged", 3, 3, 0));
        assertThat(session.advance(read(Long.MAX_VALUE))).isEqualTo(new Marked("ok", 5, 5, 3));
    }

    @Test
    void readingCoversDelivery() throws SQLException {
        send(5);

        assertThat(session.advance(delivered(2)).outcome()).isEqualTo("ok");
        assertThat(session.advance(read(4)).outcome()).isEqualTo("ok");
        assertThat(session.advance(delivered(3))).isEqualTo(new Marked("unchanged", 4, 0, 0));
        assertThat(session.advance(delivered(5)).userVersion()).isZero();
        assertThat(session.query(
                        "SELECT kind, number FROM mark_history WHERE user_id = ? ORDER BY number",
                        row -> row.text("kind") + " " + row.number("number"),
                        reader))
                .containsExactly("delivered 2", "read 4", "delivered 5");
    }

    @Test
    void ofSeveralForOneMarkTheHighestCounts() throws SQLException {
        send(5);

        List<Marked> marked = session.advance(List.of(read(2), delivered(5), read(4), read(4), delivered(3)));

        assertThat(marked)
                .extracting(Marked::outcome)
                .containsExactly("unchanged", "ok", "ok", "unchanged", "unchanged");
        assertThat(marked).extracting(Marked::number).containsExactly(4L, 5L, 4L, 4L, 5L);
        assertThat(session.number("SELECT user_version FROM user_counters WHERE user_id = ?", reader))
                .isEqualTo(2);
    }

    @Test
    void onlyMembersHaveMarks() throws SQLException {
        send(2);
        session.remove(room, sender, reader);

        assertThat(session.advance(read(1)).outcome()).isEqualTo("not_found");
        assertThat(session.advance(new Mark(room, session.person(), "read", 1)).outcome())
                .isEqualTo("not_found");
        assertThat(session.number("SELECT count(*) FROM marks WHERE conversation_id = ?", room))
                .isZero();
    }

    @Test
    void theHistoryTellsWhoReadAMessageFirstWhen() throws SQLException {
        send(10);
        for (long number : new long[] {2, 5, 9}) {
            session.advance(read(number));
        }

        assertThat(session.query(
                        "SELECT n, (SELECT number FROM mark_history h WHERE h.conversation_id = ? AND h.user_id = ?"
                                + " AND h.kind = 'read' AND h.number >= n ORDER BY h.number LIMIT 1) AS at"
                                + " FROM generate_series(1, 10) n",
                        row -> row.number("at"),
                        room,
                        reader))
                .containsExactly(2L, 2L, 5L, 5L, 5L, 9L, 9L, 9L, 9L, 0L);
    }

    @Test
    void ownMessagesAreNeverUnreadWithOrWithoutTheMark() throws SQLException {
        Sent first = session.append(Send.text(room, reader));
        assertThat(session.unread(room, reader)).isZero();
        assertThat(session.unread(room, sender)).isOne();

        session.advanceOwn(room, reader, first, first);
        assertThat(readNumber()).isEqualTo(1);

        send(2);
        Sent second = session.append(Send.text(room, reader));
        session.advanceOwn(room, reader, second, second);
        assertThat(readNumber()).as("two are unread").isEqualTo(1);
        assertThat(session.unread(room, reader)).isEqualTo(2);
    }

    @Test
    void ownMessagesAreLookedForAmongTheFirstTenThousandUnread() throws SQLException {
        send(1);
        session.append(Send.text(room, reader));
        for (int i = 0; i < 100; i++) {
            send(100);
        }
        session.append(Send.text(room, reader));
        session.update("ANALYZE messages");

        assertThat(session.unread(room, reader)).isEqualTo(10_001 + 1);
        assertThat(session.rowsRead("messages", () -> session.unread(room, reader)))
                .isBetween(1L, 10_000L);
    }

    @Test
    void anOwnMarkSaysNothingAndTakesNoVersion() throws SQLException {
        long rows = session.number("SELECT count(*) FROM journal");
        Sent sent = session.append(Send.text(room, reader));
        session.advanceOwn(room, reader, sent, sent);

        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(rows + 1);
        assertThat(session.number("SELECT user_version FROM user_counters WHERE user_id = ?", reader))
                .isEqualTo(1);
    }

    @Test
    void whoComesBackHasNothingUnreadOfTheMeantime() throws SQLException {
        send(3);
        session.advance(read(1));
        session.remove(room, sender, reader);
        send(3);
        session.add(room, sender, "member", reader);

        assertThat(session.unread(room, reader)).isZero();
        send(2);
        assertThat(session.unread(room, reader)).isEqualTo(2);
        session.advance(read(3));
        assertThat(session.unread(room, reader)).isEqualTo(2);
    }

    @Test
    void crossedBatchesOfMarksNeitherDeadlockNorGoBack() throws Exception {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        List<UUID> people = session.people(6);
        List<UUID> rooms = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            UUID each = session.group(people);
            rooms.add(each);
            session.append(Collections.nCopies(40, each).stream()
                    .map(id -> Send.text(id, people.getFirst()))
                    .toList());
        }

        Threads.together(6, place -> {
            Random random = new Random(seed + place);
            try (StorageSession own = new StorageSession(database)) {
                for (int i = 0; i < 60; i++) {
                    List<Mark> marks = new ArrayList<>();
                    for (UUID each : rooms) {
                        for (UUID person : people) {
                            marks.add(new Mark(each, person, "read", random.nextInt(41)));
                        }
                    }
                    Collections.shuffle(marks, random);
                    List<Marked> marked = own.advance(marks);
                    for (int j = 0; j < marks.size(); j++) {
                        assertThat(marked.get(j).number())
                                .isGreaterThanOrEqualTo(marks.get(j).number());
                        assertThat(marked.get(j).counted())
                                .isEqualTo(marked.get(j).number());
                    }
                }
            }
            return place;
        });

        assertThat(session.number("SELECT count(*) FROM (SELECT number <= lag(number) OVER"
                        + " (PARTITION BY conversation_id, user_id ORDER BY at, number) AS back"
                        + " FROM mark_history) h WHERE back"))
                .isZero();
    }

    private Mark read(long number) {
        return new Mark(room, reader, "read", number);
    }

    private Mark delivered(long number) {
        return new Mark(room, reader, "delivered", number);
    }

    private void send(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            session.append(Send.text(room, sender));
        }
    }

    private long readNumber() throws SQLException {
        return session.number("SELECT read_number FROM marks WHERE conversation_id = ? AND user_id = ?", room, reader);
    }
}

package io.parley.features.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Several sweeps at once, as when a node was stopped amid one and comes back, beside people who send, open threads and
 * delete. Rerun with {@code -Dparley.seed=<printed seed>}; the choices are repeated, the interleaving is not.
 */
@ExtendWith(StorageExtension.class)
class ExpiryStorageIT {
    private static final int SENDERS = 3;
    private static final int SWEEPERS = 3;
    private static final int CALLS = 120;

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private final AtomicInteger sending = new AtomicInteger(SENDERS);
    private StorageSession session;

    ExpiryStorageIT(TestDatabase database) {
        this.database = database;
        System.out.println("seed " + seed);
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    private record Due(UUID conversation, String numbers) {}

    @Test
    void eachMessageDisappearsOnceAndVersionsHaveNeitherGapsNorRepeats() throws Exception {
        List<UUID> people = session.people(5);
        List<UUID> rooms = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rooms.add(session.group(people));
        }
        session.update("UPDATE conversation_counters SET disappear_after = 1");

        List<Integer> gone = Threads.together(SENDERS + SWEEPERS, place -> {
            try (StorageSession own = new StorageSession(database)) {
                return place < SENDERS ? talk(own, new Random(seed + place), rooms, people) : sweep(own);
            }
        });

        long deleted = session.number("SELECT count(*) FROM messages WHERE deleted_at IS NOT NULL AND state IS NULL");
        assertThat(session.number("SELECT count(*) FROM messages WHERE type = 'text' AND content IS NOT NULL"))
                .isZero();
        assertThat(gone.stream().mapToInt(Integer::intValue).sum())
                .isEqualTo((int) (session.number("SELECT count(*) FROM messages WHERE type = 'text'") - deleted));
        assertThat(session.query(
                        "SELECT k.id, v FROM conversation_counters k, generate_series(1, k.last_version) v"
                                + " LEFT JOIN LATERAL (SELECT count(*) AS taken FROM journal j,"
                                + " unnest(conversations, from_versions, to_versions) AS u (c, f, t)"
                                + " WHERE c = k.id AND v BETWEEN f AND t) j ON true WHERE taken <> 1",
                        row -> row.id("id") + " " + row.number("v")))
                .as("versions that the journal has not exactly once")
                .isEmpty();
        for (UUID room : rooms) {
            assertThat(session.number("SELECT count(*) - max(number) FROM messages WHERE conversation_id = ?", room))
                    .isZero();
            for (UUID person : people) {
                assertThat(session.unread(room, person)).isZero();
            }
        }
    }

    /** Whatever else is due, and however long the conversation is. */
    @Test
    void aCallReadsOnlyTheMessagesItIsGiven() throws Exception {
        List<UUID> people = session.people(2);
        UUID room = session.group(people);
        session.update("UPDATE conversation_counters SET disappear_after = 1");
        for (int i = 0; i < 20; i++) {
            List<Send> sends = new ArrayList<>();
            for (int j = 0; j < 100; j++) {
                sends.add(new Send(room, people.getFirst(), StorageSession.newId(), "{\"text\": \"Hello\"}"));
            }
            session.append(sends);
        }
        session.update("UPDATE messages SET expires_at = now() - interval '1 second' WHERE type = 'text'");
        String few = "{2,3,4,5,6,7,8,9,10,11}";

        long read = session.rowsRead(
                "messages",
                () -> session.query(
                        "SELECT outcome FROM expire_messages(?, ?, ?::bigint[])",
                        row -> row.text("outcome"),
                        TestDatabase.TENANT,
                        room,
                        few));

        assertThat(read).isLessThan(100);
        assertThat(session.rowsRead(
                        "messages",
                        () -> session.query(
                                "SELECT conversation_id FROM due_messages(10)", row -> row.id("conversation_id"))))
                .isLessThan(50);
    }

    /** Until the last one who sends has ended, says something now and then; answers 0. */
    private int talk(StorageSession own, Random random, List<UUID> rooms, List<UUID> people) throws SQLException {
        for (int i = 0; i < CALLS; i++) {
            UUID room = rooms.get(random.nextInt(rooms.size()));
            UUID person = people.get(random.nextInt(people.size()));
            UUID message = StorageSession.newId();
            own.append(new Send(room, person, message, "{\"text\": \"Hello\"}"));
            switch (random.nextInt(8)) {
                case 0 -> reply(own, room, person, message);
                case 1 ->
                    own.query(
                            "SELECT outcome FROM delete_message(?, ?, ?, ?)",
                            row -> row.text("outcome"),
                            TestDatabase.TENANT,
                            room,
                            person,
                            message);
                default -> {}
            }
        }
        sending.decrementAndGet();
        return 0;
    }

    private static void reply(StorageSession own, UUID room, UUID person, UUID message) throws SQLException {
        UUID thread = StorageSession.newId();
        own.query(
                "SELECT (change).outcome FROM open_thread(?, ?, ?, ?, ?, 100)",
                row -> row.text("outcome"),
                TestDatabase.TENANT,
                room,
                person,
                message,
                thread);
        own.append(new Send(thread, person, StorageSession.newId(), "{\"text\": \"Reply\"}"));
    }

    /** Until nothing is left that will disappear; answers how many it has seen to. */
    private int sweep(StorageSession own) throws SQLException {
        int gone = 0;
        while (sending.get() > 0 || left(own)) {
            own.query("SELECT erase_ended_thread(3) AS more", row -> row.text("more"));
            List<Due> found = own.query(
                    "SELECT conversation_id, numbers::text AS numbers FROM due_messages(40)",
                    row -> new Due(row.id("conversation_id"), row.text("numbers")));
            for (Due due : found) {
                gone += own.query(
                                "SELECT outcome FROM expire_messages(?, ?, ?::bigint[])",
                                row -> row.text("outcome"),
                                TestDatabase.TENANT,
                                due.conversation(),
                                due.numbers())
                        .size();
            }
        }
        return gone;
    }

    private static boolean left(StorageSession own) throws SQLException {
        return own.number("SELECT count(*) FROM messages WHERE expires_at IS NOT NULL AND deleted_at IS NULL") > 0;
    }
}

package io.parley.features.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Change;
import io.parley.support.testing.StorageSession.Mark;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What holds while many connections change the same conversations. Rerun with {@code -Dparley.seed=<printed seed>}; the
 * interleaving is not repeated, the choices of each connection are.
 */
@ExtendWith(StorageExtension.class)
class ConcurrentStorageIT {

    private static final int CONNECTIONS = 6;
    private static final int CALLS = 150;

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private StorageSession session;

    ConcurrentStorageIT(TestDatabase database) {
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

    @Test
    void numbersAndVersionsHaveNeitherGapsNorRepeats() throws Exception {
        List<UUID> people = session.people(12);
        List<UUID> rooms = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            rooms.add(session.group(people.subList(i % 4, i % 4 + 6)));
        }

        Threads.together(CONNECTIONS, place -> {
            Random random = new Random(seed + place);
            try (StorageSession own = new StorageSession(database)) {
                for (int i = 0; i < CALLS; i++) {
                    change(own, random, rooms, people);
                }
            }
            return place;
        });

        for (UUID room : rooms) {
            assertThat(gaps("number", room)).isEmpty();
            assertThat(session.query(
                            "SELECT v FROM conversation_counters k, generate_series(1, k.last_version) v"
                                    + " LEFT JOIN (SELECT generate_series(f, t) AS taken FROM journal j,"
                                    + " unnest(conversations, from_versions, to_versions) AS u (c, f, t) WHERE c = ?) j"
                                    + " ON taken = v WHERE k.id = ? GROUP BY v HAVING count(taken) <> 1",
                            row -> row.number("v"),
                            room,
                            room))
                    .as("versions that the journal has not exactly once")
                    .isEmpty();
            assertThat(session.number(
                            "SELECT count(*) FROM (SELECT created_at < lag(created_at) OVER w AS back,"
                                    + " counted <> count(*) FILTER (WHERE counts) OVER w AS miscounted FROM messages"
                                    + " WHERE conversation_id = ? WINDOW w AS (ORDER BY number)) m"
                                    + " WHERE back OR miscounted",
                            room))
                    .isZero();
            assertThat(session.number(
                            "SELECT count(*) FROM conversations c WHERE id = ? AND member_count = (SELECT count(*)"
                                    + " FROM members m WHERE m.conversation_id = c.id AND active)"
                                    + " AND EXISTS (SELECT FROM members m WHERE m.conversation_id = c.id AND active"
                                    + " AND role = 'owner')",
                            room))
                    .isOne();
        }
        assertThat(session.number("SELECT count(*) FROM messages m WHERE type = 'text' AND NOT EXISTS ("
                        + "SELECT FROM member_intervals i WHERE i.conversation_id = m.conversation_id"
                        + " AND i.user_id = m.sender_id AND m.number >= i.from_number"
                        + " AND m.number < coalesce(i.to_number, m.number + 1))"))
                .as("messages outside their sender's membership")
                .isZero();
    }

    private void change(StorageSession own, Random random, List<UUID> rooms, List<UUID> people) throws SQLException {
        UUID room = any(random, rooms);
        switch (random.nextInt(8)) {
            case 0 -> own.add(room, null, "member", any(random, people), any(random, people));
            case 1 -> own.remove(room, null, any(random, people));
            case 2 -> own.setRole(room, null, any(random, people), random.nextBoolean() ? "owner" : "member");
            case 3 -> own.update(room, null, "name " + random.nextInt(3), null, null);
            case 4 -> {
                List<Mark> marks = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    marks.add(new Mark(
                            any(random, rooms),
                            any(random, people),
                            random.nextBoolean() ? "read" : "delivered",
                            random.nextInt(200)));
                }
                own.advance(marks);
            }
            default -> {
                List<Send> batch = new ArrayList<>();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    batch.add(Send.text(any(random, rooms), any(random, people)));
                }
                own.append(batch);
            }
        }
    }

    @Test
    void noMessageFollowsTheRemovalOfItsSender() throws Exception {
        for (int round = 0; round < 15; round++) {
            UUID owner = session.person();
            UUID member = session.person();
            UUID room = session.group(owner, member);
            AtomicBoolean refused = new AtomicBoolean();
            List<Callable<Long>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(() -> {
                    try (StorageSession own = new StorageSession(database)) {
                        long last = 0;
                        while (!refused.get()) {
                            Sent sent = own.append(Send.text(room, member));
                            if (sent.outcome().equals("not_found")) {
                                refused.set(true);
                            } else {
                                last = sent.version();
                            }
                        }
                        assertThat(own.append(Send.text(room, member)).outcome())
                                .isEqualTo("not_found");
                        return last;
                    }
                });
            }
            tasks.add(() -> {
                try (StorageSession own = new StorageSession(database)) {
                    await().until(() ->
                            own.number("SELECT last_number FROM conversation_counters WHERE id = ?", room) >= 5);
                    return own.remove(room, owner, member).version();
                }
            });

            List<Long> versions = Threads.together(tasks);

            assertThat(versions.subList(0, 3)).allMatch(last -> last < versions.getLast());
            assertThat(gaps("number", room)).isEmpty();
            assertThat(session.number(
                            "SELECT max(version) FROM messages WHERE conversation_id = ? AND sender_id = ?",
                            room,
                            member))
                    .isLessThan(versions.getLast());
        }
    }

    @Test
    void versionsOfPersonsHaveNeitherGapsNorRepeats() throws Exception {
        UUID owner = session.person();
        List<UUID> people = session.people(5);
        List<UUID> rooms = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            UUID room = session.group(owner);
            rooms.add(room);
            session.append(List.of(Send.text(room, owner), Send.text(room, owner), Send.text(room, owner)));
        }

        List<List<String>> taken = Threads.together(CONNECTIONS, place -> {
            Random random = new Random(seed + place);
            List<String> own = new ArrayList<>();
            try (StorageSession storage = new StorageSession(database)) {
                for (int i = 0; i < CALLS; i++) {
                    UUID room = any(random, rooms);
                    UUID person = any(random, people);
                    switch (random.nextInt(4)) {
                        case 0 -> note(own, storage.add(room, owner, "member", person, any(random, people)));
                        case 1 -> note(own, storage.remove(room, owner, person));
                        case 2 ->
                            storage.create(List.of(
                                            StorageSession.item(
                                                    StorageSession.newId(), "direct", null, List.of(person, owner)),
                                            StorageSession.item(
                                                    StorageSession.newId(),
                                                    "group",
                                                    person,
                                                    List.of(any(random, people)))))
                                    .forEach(created -> created.userVersions()
                                            .forEach((user, version) -> own.add(user + " " + version)));
                        default -> {
                            List<Mark> marks = new ArrayList<>();
                            for (UUID each : rooms) {
                                marks.add(new Mark(each, person, "read", random.nextInt(4)));
                            }
                            storage.advance(marks).stream()
                                    .filter(mark -> mark.outcome().equals("ok"))
                                    .forEach(mark -> own.add(person + " " + mark.userVersion()));
                        }
                    }
                }
            }
            return own;
        });

        List<String> all = taken.stream().flatMap(List::stream).toList();
        assertThat(all).doesNotHaveDuplicates();
        for (UUID person : people) {
            long count = all.stream()
                    .filter(each -> each.startsWith(person.toString()))
                    .count();
            assertThat(session.number("SELECT user_version FROM user_counters WHERE user_id = ?", person))
                    .isEqualTo(count);
        }
    }

    private static void note(List<String> taken, Change change) {
        change.userVersions().forEach((user, version) -> taken.add(user + " " + version));
    }

    /** The numbers of a room's messages that are missing below its head. */
    private List<Long> gaps(String column, UUID room) throws SQLException {
        return session.query(
                "SELECT n FROM conversation_counters k, generate_series(1, k.last_number) n"
                        + " WHERE k.id = ? AND NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = k.id"
                        + " AND m." + column + " = n)",
                row -> row.number("n"),
                room);
    }

    private static <T> T any(Random random, List<T> things) {
        return things.get(random.nextInt(things.size()));
    }
}

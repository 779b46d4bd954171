package io.parley.features.polls;

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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The storage functions of polls, many votes in one call and from several connections. Rerun with {@code
 * -Dparley.seed=<printed seed>}; the interleaving is not repeated, the choices of each connection are.
 */
@ExtendWith(StorageExtension.class)
class PollsStorageIT {
    private static final int CONNECTIONS = 4;
    private static final int OPTIONS = 4;

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private StorageSession storage;

    @SuppressWarnings("NullAway.Init") // the rest is made before each test
    PollsStorageIT(TestDatabase database) {
        this.database = database;
        System.out.println("seed " + seed);
    }

    @BeforeEach
    void open() throws SQLException {
        storage = new StorageSession(database);
    }

    @AfterEach
    void close() throws SQLException {
        storage.close();
    }

    private record Vote(UUID actor, List<Integer> options) {
        String array() {
            return options.toString().replace('[', '{').replace(']', '}');
        }
    }

    private record Counted(String outcome, long version, String results) {}

    private UUID ask(UUID room, UUID sender, String extra) throws SQLException {
        UUID id = StorageSession.newId();
        assertThat(send(id, room, sender, extra)).isEqualTo("ok");
        return id;
    }

    private String send(UUID id, UUID room, UUID sender, String extra) throws SQLException {
        String content = "{\"poll\":{\"question\":\"Q\",\"options\":[\"a\",\"b\",\"c\",\"d\"],\"multiple\":true,"
                + "\"anonymous\":false" + extra + "}}";
        return storage.query(
                        "SELECT outcome FROM append_messages(ARRAY[?::uuid], ARRAY[?::uuid], ARRAY[?::uuid], ARRAY[?::uuid],"
                                + " ARRAY['poll'], ARRAY[?::text], ARRAY['\\x01'::bytea], NULL)",
                        row -> row.text("outcome"),
                        TestDatabase.TENANT,
                        room,
                        sender,
                        id,
                        content)
                .getFirst();
    }

    private static List<Counted> vote(StorageSession session, UUID room, UUID poll, List<Vote> votes)
            throws SQLException {
        Object[] tenants = votes.stream().map(vote -> TestDatabase.TENANT).toArray();
        Object[] rooms = votes.stream().map(vote -> room).toArray();
        Object[] polls = votes.stream().map(vote -> poll).toArray();
        return session.query(
                "SELECT * FROM vote_in_polls(?, ?, ?, ?, ?) ORDER BY ord",
                row -> new Counted(row.text("outcome"), row.number("version"), String.valueOf(row.text("results"))),
                session.connection().createArrayOf("uuid", tenants),
                session.connection().createArrayOf("uuid", rooms),
                session.connection().createArrayOf("uuid", polls),
                session.connection()
                        .createArrayOf("uuid", votes.stream().map(Vote::actor).toArray()),
                session.connection()
                        .createArrayOf("text", votes.stream().map(Vote::array).toArray()));
    }

    private long head(UUID room) throws SQLException {
        return storage.number("SELECT last_version FROM conversation_counters WHERE id = ?", room);
    }

    private String results(UUID poll) throws SQLException {
        return storage.query(
                        "SELECT state ->> 'results' AS results FROM messages WHERE id = ?",
                        row -> row.text("results"),
                        poll)
                .getFirst();
    }

    /** As counting the rows would give it. */
    private String recounted(UUID poll) throws SQLException {
        return storage.query("""
                        SELECT jsonb_build_object(
                               'counts', (SELECT jsonb_agg((SELECT count(*) FROM poll_votes v
                                           WHERE v.conversation_id = s.conversation_id AND v.number = s.number
                                             AND v.option = o) ORDER BY o) FROM generate_series(0, 3) AS o),
                               'voters', (SELECT count(DISTINCT v.user_id) FROM poll_votes v
                                           WHERE v.conversation_id = s.conversation_id AND v.number = s.number)) AS results
                          FROM messages s WHERE s.id = ?""", row -> row.text("results"), poll).getFirst();
    }

    @Test
    void aPollThatIsSentAgainIsNotToBeClosedAgain() throws SQLException {
        List<UUID> people = storage.people(2);
        UUID room = storage.group(people);
        String closing = ",\"closesAt\":\"2050-01-01T00:00:00Z\"";
        UUID poll = ask(room, people.getFirst(), closing);
        assertThat(storage.number("SELECT count(*) FROM polls_to_close WHERE message_id = ?", poll))
                .isEqualTo(1);
        storage.update("DELETE FROM polls_to_close WHERE message_id = ?", poll);

        assertThat(send(poll, room, people.getFirst(), closing)).isEqualTo("duplicate");

        assertThat(storage.number("SELECT count(*) FROM polls_to_close WHERE message_id = ?", poll))
                .isZero();
    }

    @Test
    void theVotesOfOneCallAreOneVersionAndOneJournalRow() throws SQLException {
        List<UUID> people = storage.people(30);
        UUID room = storage.group(people);
        UUID poll = ask(room, people.getFirst(), "");
        long before = head(room);
        long journal = storage.number("SELECT count(*) FROM journal");

        List<Counted> done = vote(
                storage,
                room,
                poll,
                people.stream()
                        .map(person -> new Vote(person, List.of(people.indexOf(person) % 2, 3)))
                        .toList());

        assertThat(done).extracting(Counted::outcome).containsOnly("ok");
        assertThat(done).extracting(Counted::version).containsOnly(before + 1);
        assertThat(head(room)).isEqualTo(before + 1);
        assertThat(storage.number("SELECT count(*) FROM journal")).isEqualTo(journal + 1);
        assertThat(results(poll))
                .isEqualTo("{\"counts\": [15, 15, 0, 30], \"voters\": 30}")
                .isEqualTo(recounted(poll));
        vote(storage, room, poll, List.of(new Vote(people.get(3), List.of(1, 3))));
        assertThat(head(room)).isEqualTo(before + 1);
        assertThat(storage.number("SELECT count(*) FROM journal")).isEqualTo(journal + 1);
    }

    @Test
    void whateverManyConnectionsDoTheCountIsThatOfTheRows() throws Exception {
        List<UUID> people = storage.people(24);
        UUID room = storage.group(people);
        List<UUID> polls = List.of(ask(room, people.getFirst(), ""), ask(room, people.getFirst(), ""));
        long before = head(room);

        List<Integer> changes = Threads.together(CONNECTIONS, place -> {
            Random random = new Random(seed + place);
            int changed = 0;
            try (StorageSession own = new StorageSession(database)) {
                for (int round = 0; round < 30; round++) {
                    List<Vote> votes = new ArrayList<>();
                    for (UUID person : people) {
                        if (random.nextInt(4) == 0) {
                            votes.add(new Vote(person, choice(random)));
                        }
                    }
                    if (votes.isEmpty()) {
                        continue;
                    }
                    List<Counted> done = vote(own, room, polls.get(random.nextInt(2)), votes);
                    changed += done.stream().anyMatch(one -> one.outcome().equals("ok")) ? 1 : 0;
                }
            }
            return changed;
        });

        for (UUID poll : polls) {
            assertThat(results(poll)).isEqualTo(recounted(poll));
        }
        assertThat(head(room))
                .isEqualTo(before + changes.stream().mapToInt(Integer::intValue).sum());
    }

    private static List<Integer> choice(Random random) {
        return IntStream.range(0, OPTIONS)
                .filter(option -> random.nextInt(3) == 0)
                .boxed()
                .toList();
    }

    @Test
    void ofManyWhoCloseItAtItsTimeOneDoesAndNoVoteComesAfter() throws Exception {
        List<UUID> people = storage.people(8);
        UUID room = storage.group(people);
        UUID poll = ask(room, people.getFirst(), ",\"closesAt\":\"2026-01-01T00:00:00.000Z\"");
        long before = head(room);

        List<String> outcomes = Threads.together(CONNECTIONS, place -> {
            try (StorageSession own = new StorageSession(database)) {
                vote(own, room, poll, List.of(new Vote(people.get(place), List.of(0))));
                return own.query(
                                "SELECT outcome FROM close_poll(?, ?, NULL, ?)",
                                row -> row.text("outcome"),
                                TestDatabase.TENANT,
                                room,
                                poll)
                        .getFirst();
            }
        });

        assertThat(outcomes).containsOnlyOnce("ok");
        assertThat(head(room)).isEqualTo(before + 1);
        assertThat(storage.number("SELECT count(*) FROM poll_votes WHERE conversation_id = ?", room))
                .isZero();
    }

    /** Also when the plans were made while there was next to nothing. */
    @Test
    void aVoteReadsNoMoreForStandingAmongMany() throws SQLException {
        List<UUID> people = storage.people(2_000);
        UUID room = storage.group(people.subList(0, 1_000));
        storage.add(room, null, "member", people.subList(1_000, 2_000).toArray(UUID[]::new));
        UUID poll = ask(room, people.getFirst(), "");
        vote(storage, room, poll, List.of(new Vote(people.getFirst(), List.of(1))));
        for (int i = 0; i < 4; i++) {
            vote(
                    storage,
                    room,
                    poll,
                    people.subList(i * 500, i * 500 + 500).stream()
                            .map(person -> new Vote(person, List.of(0, 2)))
                            .toList());
        }

        for (List<Integer> options : List.of(List.of(1), List.<Integer>of())) {
            for (String table :
                    List.of("poll_votes", "members", "conversations", "conversation_counters", "messages")) {
                Vote one = new Vote(people.get(options.size() + 7), options);
                assertThat(storage.rowsRead(table, () -> vote(storage, room, poll, List.of(one))))
                        .as(table)
                        .isLessThan(20);
            }
        }
        assertThat(results(poll)).isEqualTo(recounted(poll));
    }
}

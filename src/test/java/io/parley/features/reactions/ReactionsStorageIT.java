package io.parley.features.reactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.reactions.ReactionSession.Asked;
import io.parley.features.reactions.ReactionSession.Done;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The storage functions of reactions, many in one call and from several connections. Rerun with {@code
 * -Dparley.seed=<printed seed>}; the interleaving is not repeated, the choices of each connection are.
 */
@ExtendWith(StorageExtension.class)
class ReactionsStorageIT {
    private static final int CONNECTIONS = 4;
    private static final int MOST_EMOJI = 6;
    private static final int MOST_OWN = 3;

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private ReactionSession session;
    private StorageSession storage;

    @SuppressWarnings("NullAway.Init") // the rest is made before each test
    ReactionsStorageIT(TestDatabase database) {
        this.database = database;
        System.out.println("seed " + seed);
    }

    @BeforeEach
    void open() throws SQLException {
        session = new ReactionSession(database, MOST_EMOJI, MOST_OWN);
        storage = session.storage;
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    private UUID say(UUID room, UUID sender) throws SQLException {
        Send message = Send.text(room, sender);
        storage.append(message);
        return message.id();
    }

    private String state(UUID message) throws SQLException {
        return String.valueOf(
                storage.query("SELECT state FROM messages WHERE id = ?", row -> row.text("state"), message)
                        .getFirst());
    }

    private long head(UUID room) throws SQLException {
        return storage.number("SELECT last_version FROM conversation_counters WHERE id = ?", room);
    }

    @Test
    void whatOneEmojiGainsInACallIsOneVersionOfTheMessage() throws SQLException {
        List<UUID> people = storage.people(20);
        UUID room = storage.group(people);
        UUID message = say(room, people.getFirst());
        long before = head(room);
        long journal = storage.number("SELECT count(*) FROM journal");

        List<Done> done = session.react(people.stream()
                .map(person -> new Asked(room, message, person, people.indexOf(person) % 2 == 0 ? "a" : "b", true))
                .toList());

        assertThat(done).extracting(Done::outcome).containsOnly("ok");
        assertThat(done).extracting(Done::count).containsOnly(10);
        assertThat(done.get(0).version()).isEqualTo(before + 1);
        assertThat(done.get(1).version()).isEqualTo(before + 2);
        assertThat(head(room)).isEqualTo(before + 2);
        assertThat(storage.number("SELECT version FROM messages WHERE id = ?", message))
                .isEqualTo(before + 2);
        assertThat(storage.number("SELECT count(*) FROM journal")).isEqualTo(journal + 1);
        assertThat(state(message))
                .contains("\"emoji\": \"a\"")
                .doesNotContain(people.get(12).toString());
    }

    @Test
    void aCallForSeveralConversationsTellsTheJournalOfEach() throws SQLException {
        UUID person = storage.person();
        UUID one = storage.group(person);
        UUID other = storage.group(person);
        UUID first = say(one, person);
        UUID second = say(one, person);
        UUID third = say(other, person);

        session.react(List.of(
                new Asked(one, first, person, "a", true),
                new Asked(other, third, person, "a", true),
                new Asked(one, second, person, "b", true)));

        assertThat(storage.query(
                        "SELECT f || '-' || t AS range FROM (SELECT * FROM journal ORDER BY id DESC LIMIT 1) j,"
                                + " unnest(conversations, from_versions, to_versions) AS u (c, f, t) WHERE c IN (?, ?)"
                                + " ORDER BY t",
                        row -> row.text("range"),
                        one,
                        other))
                .containsExactly("3-3", "4-5");
    }

    @Test
    void whatChangesNothingTakesNoVersion() throws SQLException {
        UUID person = storage.person();
        UUID room = storage.group(person);
        UUID message = say(room, person);
        session.react(new Asked(room, message, person, "a", true));
        long before = head(room);
        long journal = storage.number("SELECT count(*) FROM journal");

        Done again = session.react(new Asked(room, message, person, "a", true));
        Done other = session.react(new Asked(room, message, person, "b", false));

        assertThat(List.of(again.outcome(), other.outcome())).containsOnly("unchanged");
        assertThat(List.of(again.count(), other.count())).containsExactly(1, 0);
        assertThat(head(room)).isEqualTo(before);
        assertThat(storage.number("SELECT count(*) FROM journal")).isEqualTo(journal);
    }

    @Test
    void anEmojiKeepsItsPlaceUntilNobodyUsesIt() throws SQLException {
        List<UUID> people = storage.people(8);
        UUID room = storage.group(people);
        UUID message = say(room, people.getFirst());
        session.react(new Asked(room, message, people.get(0), "z", true));
        session.react(new Asked(room, message, people.get(1), "a", true));
        session.react(people.subList(1, 8).stream()
                .map(person -> new Asked(room, message, person, "z", true))
                .toList());

        Done taken = session.react(new Asked(room, message, people.get(0), "z", false));
        assertThat(taken.count()).isEqualTo(7);
        assertThat(taken.users()).doesNotContain(people.get(0).toString());
        assertThat(state(message)).containsSubsequence("\"z\"", "\"a\"");

        session.react(people.stream()
                .map(person -> new Asked(room, message, person, "z", false))
                .toList());
        session.react(new Asked(room, message, people.get(0), "z", true));
        assertThat(state(message)).containsSubsequence("\"a\"", "\"z\"");
        session.react(List.of(
                new Asked(room, message, people.get(0), "z", false),
                new Asked(room, message, people.get(1), "a", false)));
        assertThat(state(message)).isEqualTo("null");
        assertThat(storage.number("SELECT count(*) FROM reactions WHERE conversation_id = ?", room))
                .isZero();
    }

    @Test
    void theLimitsHoldWithinACallAndOverSeveral() throws SQLException {
        List<UUID> people = storage.people(10);
        UUID room = storage.group(people);
        UUID message = say(room, people.getFirst());

        List<Done> done = session.react(IntStream.range(0, 10)
                .mapToObj(i -> new Asked(room, message, people.get(i), "emoji " + i % 8, true))
                .toList());

        assertThat(done)
                .extracting(Done::outcome)
                .containsExactly("ok", "ok", "ok", "ok", "ok", "ok", "too_many_emoji", "too_many_emoji", "ok", "ok");
        assertThat(session.react(new Asked(room, message, people.get(0), "emoji 7", true))
                        .outcome())
                .isEqualTo("too_many_emoji");
        assertThat(session.react(new Asked(room, message, people.get(0), "emoji 1", true))
                        .outcome())
                .isEqualTo("ok");
        assertThat(session.react(new Asked(room, message, people.get(0), "emoji 2", true))
                        .outcome())
                .isEqualTo("ok");
        assertThat(session.react(new Asked(room, message, people.get(0), "emoji 3", true))
                        .outcome())
                .isEqualTo("too_many_own");
    }

    /** Everybody adds and removes the same few, from all connections at once. */
    @Test
    void whateverIsDoneAtOnceTheMessageShowsWhatThereIs() throws Exception {
        List<UUID> people = storage.people(12);
        List<UUID> rooms = List.of(storage.group(people), storage.group(people));
        List<Asked> targets = new ArrayList<>();
        for (UUID room : rooms) {
            for (int i = 0; i < 2; i++) {
                targets.add(new Asked(room, say(room, people.getFirst()), people.getFirst(), "", true));
            }
        }

        Threads.together(CONNECTIONS, place -> {
            Random random = new Random(seed + place);
            try (ReactionSession own = new ReactionSession(database, MOST_EMOJI, MOST_OWN)) {
                for (int i = 0; i < 80; i++) {
                    own.react(people.stream()
                            .filter(person -> random.nextBoolean())
                            .map(person -> any(random, targets, person))
                            .toList());
                }
            }
            return place;
        });

        for (Asked target : targets) {
            requireTruth(target.message());
        }
        for (UUID room : rooms) {
            assertThat(storage.query(
                            "SELECT v FROM conversation_counters k, generate_series(1, k.last_version) v"
                                    + " LEFT JOIN (SELECT generate_series(f, t) AS taken FROM journal j,"
                                    + " unnest(conversations, from_versions, to_versions) AS u (c, f, t) WHERE c = ?) j"
                                    + " ON taken = v WHERE k.id = ? GROUP BY v HAVING count(taken) <> 1",
                            row -> row.number("v"),
                            room,
                            room))
                    .as("versions that the journal has not exactly once")
                    .isEmpty();
        }
    }

    private static Asked any(Random random, List<Asked> targets, UUID person) {
        Asked target = targets.get(random.nextInt(targets.size()));
        String emoji = "emoji " + random.nextInt(MOST_EMOJI + 2);
        return new Asked(target.conversation(), target.message(), person, emoji, random.nextInt(5) < 3);
    }

    /** What the message shows is what the rows say, and no more than may be. */
    private void requireTruth(UUID message) throws SQLException {
        assertThat(storage.number("""
                        SELECT count(*) FROM messages s
                         WHERE s.id = ? AND (
                               SELECT coalesce(jsonb_agg(e ORDER BY e ->> 'emoji'), '[]')
                                 FROM jsonb_array_elements(s.state -> 'reactions') e)
                             = (SELECT coalesce(jsonb_agg(jsonb_build_object('emoji', g.emoji, 'count', g.count,
                                                                             'users', g.users) ORDER BY g.emoji), '[]')
                                  FROM (SELECT r.emoji COLLATE "default" AS emoji, count(*),
                                               to_jsonb((array_agg(r.user_id ORDER BY r.version, r.user_id))[1:5]) AS users
                                          FROM reactions r
                                         WHERE r.conversation_id = s.conversation_id AND r.number = s.number
                                         GROUP BY r.emoji) g)
                        """, message)).as("state " + state(message)).isOne();
        assertThat(storage.number(
                        "SELECT greatest((SELECT count(DISTINCT emoji) - ? FROM reactions r WHERE r.number = s.number"
                                + " AND r.conversation_id = s.conversation_id), (SELECT max(n) - ? FROM (SELECT count(*) n"
                                + " FROM reactions r WHERE r.number = s.number AND r.conversation_id = s.conversation_id"
                                + " GROUP BY user_id) p)) FROM messages s WHERE id = ?",
                        MOST_EMOJI,
                        MOST_OWN,
                        message))
                .isLessThanOrEqualTo(0);
    }

    /** Also when the plans were made while there was next to nothing. */
    @Test
    void aReactionReadsNoMoreForStandingAmongMany() throws SQLException {
        List<UUID> people = storage.people(2_000);
        UUID room = storage.group(people.subList(0, 1_000));
        storage.add(room, null, "member", people.subList(1_000, 2_000).toArray(UUID[]::new));
        UUID message = say(room, people.getFirst());
        session.react(new Asked(room, message, people.get(0), "b", true));
        for (int i = 0; i < 4; i++) {
            session.react(people.subList(i * 500, i * 500 + 500).stream()
                    .map(person -> new Asked(room, message, person, "a", true))
                    .toList());
        }
        for (int i = 0; i < 300; i++) {
            say(room, people.get(i));
        }

        for (Asked one : List.of(
                new Asked(room, message, people.get(7), "b", true),
                new Asked(room, message, people.get(7), "a", false))) {
            for (String table : List.of("reactions", "members", "conversations", "conversation_counters", "messages")) {
                assertThat(storage.rowsRead(table, () -> session.react(one)))
                        .as(table)
                        .isLessThan(20);
            }
        }
    }

    @Test
    void aDeletedMessageLeavesNoReactionsAndNoPin() throws SQLException {
        UUID person = storage.person();
        UUID room = storage.group(person);
        UUID message = say(room, person);
        session.react(new Asked(room, message, person, "a", true));
        storage.query(
                "SELECT outcome FROM pin_message(?, ?, ?, ?, ?, 100)",
                row -> row.text("outcome"),
                TestDatabase.TENANT,
                room,
                person,
                message,
                StorageSession.newId());

        storage.query(
                "SELECT outcome FROM delete_message(?, ?, ?, ?)",
                row -> row.text("outcome"),
                TestDatabase.TENANT,
                room,
                person,
                message);

        for (String table : List.of("reactions", "pins")) {
            assertThat(storage.number("SELECT count(*) FROM " + table + " WHERE conversation_id = ?", room))
                    .isZero();
        }
        assertThat(state(message)).isEqualTo("null");
        assertThat(session.react(new Asked(room, message, person, "a", true)).outcome())
                .isEqualTo("not_found");
    }

    /** Both at the same time: only one of them takes the last place. */
    @Test
    void ofTwoAtOnceOneTakesTheLastPinThatMayBe() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID person = storage.person();
            UUID room = storage.group(person);
            List<UUID> messages = List.of(say(room, person), say(room, person));

            List<String> outcomes = Threads.together(2, place -> {
                try (StorageSession own = new StorageSession(database)) {
                    return own.query(
                                    "SELECT outcome FROM pin_message(?, ?, ?, ?, ?, 1)",
                                    row -> row.text("outcome"),
                                    TestDatabase.TENANT,
                                    room,
                                    person,
                                    messages.get(place),
                                    StorageSession.newId())
                            .getFirst();
                }
            });

            assertThat(outcomes).containsExactlyInAnyOrder("ok", "too_many");
        }
    }
}

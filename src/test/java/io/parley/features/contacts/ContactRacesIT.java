package io.parley.features.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.contacts.Acquaintance.Done;
import io.parley.features.contacts.ContactChanges.Told;
import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What two do about each other at the same moment ends as one after the other would. Rerun with {@code
 * -Dparley.seed=<printed seed>}; the interleaving is not repeated, the choices of each connection are.
 */
@ExtendWith(StorageExtension.class)
class ContactRacesIT {
    private static final int ROUNDS = 40;
    private static final int CONNECTIONS = 5;
    private static final int ACTS = 200;

    private final TestDatabase database;
    private final long seed = Long.getLong("parley.seed", System.nanoTime());
    private StorageSession session;
    private Acquaintance people;

    ContactRacesIT(TestDatabase database) {
        this.database = database;
        System.out.println("seed " + seed);
    }

    @BeforeEach
    void open() throws SQLException {
        session = new StorageSession(database);
        people = new Acquaintance(session);
        session.update("TRUNCATE contacts, contact_requests, blocks");
        session.update("UPDATE members SET silenced_until = NULL");
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    /** Something done on a connection of its own. */
    private interface Act<T> {
        T run(StorageSession own, Acquaintance act) throws SQLException;
    }

    private <T> T own(Act<T> act) throws SQLException {
        try (StorageSession own = new StorageSession(database)) {
            return act.run(own, new Acquaintance(own));
        }
    }

    @Test
    void ofTwoRequestsThatCrossOneIsTheAnswerToTheOther() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<UUID> pair = session.people(2);

            List<Done> done =
                    Threads.together(2, place -> own((own, act) -> act.request(pair.get(place), pair.get(1 - place))));

            assertThat(done).extracting(Done::outcome).containsExactlyInAnyOrder("new", "accepted");
            assertThat(session.number(
                            "SELECT count(*) FROM contacts WHERE user_id IN (?, ?)", pair.get(0), pair.get(1)))
                    .isEqualTo(2);
            assertThat(session.number("SELECT count(*) FROM contact_requests")).isZero();
        }
    }

    @Test
    void whoeverIsAskedAtOnceNoMoreRequestsWaitThanMay() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            UUID ada = session.person();
            List<UUID> others = session.people(CONNECTIONS);

            List<Done> done = Threads.together(
                    CONNECTIONS, place -> own((own, act) -> act.request(ada, others.get(place), null, 1)));

            assertThat(done).extracting(Done::outcome).containsOnlyOnce("new").containsOnly("new", "too_many");
        }
    }

    /** A ring of people, each of whom asks the next: locks in whatever order would meet. */
    @Test
    void peopleWhoAskEachOtherInARingDoNotWaitForEachOther() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<UUID> ring = session.people(CONNECTIONS);

            List<Done> done = Threads.together(
                    CONNECTIONS,
                    place -> own((own, act) -> act.request(ring.get(place), ring.get((place + 1) % CONNECTIONS))));

            assertThat(done).extracting(Done::outcome).containsOnly("new");
        }
    }

    @Test
    void ofARequestAndABlockNothingIsLeftButTheBlock() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            UUID ada = session.person();
            UUID bob = session.person();
            if (round % 2 == 0) {
                people.request(ada, bob);
            }

            Threads.<Done>together(List.of(
                    () -> own((own, act) -> act.request(bob, ada)), () -> own((own, act) -> act.block(ada, bob))));

            assertThat(people.ties()).containsExactly("block " + ada + " " + bob);
            people.unblock(ada, bob);
        }
    }

    /** Nor in a thread of their conversation. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterABlockNoMessageOfTheBlockedIsStored(boolean inThread) throws Exception {
        for (int round = 0; round < ROUNDS / 4; round++) {
            UUID ada = session.person();
            UUID bob = session.person();
            UUID direct = direct(ada, bob);
            UUID place = inThread ? thread(direct, bob) : direct;
            CountDownLatch sending = new CountDownLatch(20);

            List<Long> ends = Threads.together(List.of(
                    () -> own((own, act) -> {
                        Sent sent = own.append(Send.text(place, bob));
                        long last = 0;
                        while (sent.outcome().equals("ok")) {
                            last = sent.number();
                            sending.countDown();
                            sent = own.append(Send.text(place, bob));
                        }
                        assertThat(sent.outcome()).isEqualTo("forbidden");
                        return last;
                    }),
                    () -> {
                        sending.await(30, TimeUnit.SECONDS);
                        return own((own, act) -> {
                            act.block(ada, bob);
                            return own.number("SELECT last_number FROM conversation_counters WHERE id = ?", place);
                        });
                    }));

            assertThat(ends.get(0)).isEqualTo(ends.get(1)).isGreaterThanOrEqualTo(20);
        }
    }

    private UUID thread(UUID conversation, UUID opener) throws SQLException {
        UUID message = StorageSession.newId();
        session.append(new Send(conversation, opener, message, "{}"));
        return session.query(
                        "SELECT (open_thread(?, ?, ?, ?, ?, 100)).thread",
                        row -> Objects.requireNonNull(row.id("thread")),
                        TestDatabase.TENANT,
                        conversation,
                        opener,
                        message,
                        StorageSession.newId())
                .getFirst();
    }

    @Test
    void noConversationThatComesIntoBeingBesideABlockIsOpenToTheBlocked() throws Exception {
        int made = 0;
        for (int round = 0; round < ROUNDS; round++) {
            UUID ada = session.person();
            UUID bob = session.person();
            UUID creator = round % 2 == 0 ? bob : ada;
            UUID other = round % 2 == 0 ? ada : bob;
            UUID id = StorageSession.newId();

            List<String> outcomes = Threads.together(List.of(
                    () -> own((own, act) -> own.create(
                                    List.of(StorageSession.item(id, "direct", creator, List.of(other))))
                            .getFirst()
                            .outcome()),
                    () -> own((own, act) -> act.block(ada, bob).outcome())));

            assertThat(outcomes.get(0)).isIn("created", "not_found");
            assertThat(session.append(Send.text(id, bob)).outcome())
                    .isEqualTo(outcomes.get(0).equals("created") ? "forbidden" : "not_found");
            assertThat(session.number(
                            "SELECT count(*) FROM direct_pairs d LEFT JOIN conversations c ON c.id = d.conversation_id"
                                    + " WHERE c.id IS NULL"))
                    .isZero();
            made += outcomes.get(0).equals("created") ? 1 : 0;
        }
        System.out.println("made beside a block: " + made + " of " + ROUNDS);
    }

    private UUID direct(UUID one, UUID other) throws SQLException {
        return Objects.requireNonNull(
                session.create(List.of(StorageSession.item(StorageSession.newId(), "direct", one, List.of(other))))
                        .getFirst()
                        .id());
    }

    /** Four people, all of whom do everything to each other on several connections. */
    @Test
    void whatEveryoneIsToldAddsUpToWhatIs() throws Exception {
        List<UUID> crowd = session.people(4);
        for (UUID one : crowd) {
            for (UUID other : crowd) {
                if (one.compareTo(other) < 0) {
                    direct(one, other);
                }
            }
        }
        Map<UUID, Long> since = new TreeMap<>();
        for (UUID one : crowd) {
            since.put(one, people.userVersion(one));
        }

        List<List<Told>> told = Threads.together(
                CONNECTIONS,
                place -> own((own, act) -> {
                    Random random = new Random(seed + place);
                    List<Told> events = new ArrayList<>();
                    for (int i = 0; i < ACTS; i++) {
                        events.addAll(some(own, act, random, crowd));
                    }
                    return events;
                }));

        for (UUID one : crowd) {
            List<Told> own = told.stream()
                    .flatMap(List::stream)
                    .filter(event -> event.person().equals(one))
                    .sorted(Comparator.comparingLong(Told::userVersion))
                    .toList();
            long first = Objects.requireNonNull(since.get(one));
            for (int i = 0; i < own.size(); i++) {
                assertThat(own.get(i).userVersion()).as("seed " + seed).isEqualTo(first + i + 1);
            }
            assertThat(applied(own)).as("seed " + seed).isEqualTo(read(one));
        }
        requireSense();
    }

    private static List<Told> some(StorageSession own, Acquaintance act, Random random, List<UUID> crowd)
            throws SQLException {
        UUID actor = crowd.get(random.nextInt(crowd.size()));
        UUID person = crowd.get(random.nextInt(crowd.size()));
        if (actor.equals(person)) {
            return List.of();
        }
        Done done = switch (random.nextInt(8)) {
            case 0, 1, 2 -> act.request(actor, person);
            case 3 -> act.accept(actor, person);
            case 4 -> random.nextBoolean() ? act.decline(actor, person) : act.cancel(actor, person);
            case 5 -> act.remove(actor, person);
            case 6 -> act.block(actor, person);
            default -> act.unblock(actor, person);
        };
        // Cool-downs would end the game soon.
        own.update("DELETE FROM contact_requests WHERE again_at IS NOT NULL");
        return done.events();
    }

    /** What somebody has who applies events to empty lists. */
    private static Map<String, String> applied(List<Told> events) {
        Map<String, String> lists = new TreeMap<>();
        for (Told event : events) {
            String list = event.type().substring(0, event.type().indexOf('.'));
            String key = list + " " + event.user() + (event.direction() == null ? "" : " " + event.direction());
            if (event.type().endsWith(".added")) {
                lists.put(key, String.valueOf(event.at()));
            } else {
                assertThat(lists.remove(key)).as(event.toString()).isNotNull();
            }
        }
        return lists;
    }

    /** What he finds who reads them. */
    private Map<String, String> read(UUID person) throws SQLException {
        Map<String, String> lists = new TreeMap<>();
        session.query(
                "SELECT 'contact ' || contact_id AS key, since AS at FROM contacts WHERE user_id = ?"
                        + " UNION ALL SELECT 'block ' || blocked_id, since FROM blocks WHERE blocker_id = ?"
                        + " UNION ALL SELECT 'contactRequest ' || to_id || ' outgoing', asked_at FROM contact_requests"
                        + " WHERE from_id = ? AND again_at IS NULL"
                        + " UNION ALL SELECT 'contactRequest ' || from_id || ' incoming', asked_at FROM contact_requests"
                        + " WHERE to_id = ? AND again_at IS NULL",
                row -> lists.put(row.text("key"), String.valueOf(row.time("at"))),
                person,
                person,
                person,
                person);
        return lists;
    }

    private void requireSense() throws SQLException {
        assertThat(session.number("SELECT count(*) FROM contacts c WHERE NOT EXISTS (SELECT FROM contacts o"
                        + " WHERE o.user_id = c.contact_id AND o.contact_id = c.user_id AND o.since = c.since)"))
                .isZero();
        assertThat(session.number("SELECT count(*) FROM contact_requests r WHERE again_at IS NULL AND (EXISTS ("
                        + "SELECT FROM contacts c WHERE c.user_id = r.from_id AND c.contact_id = r.to_id) OR EXISTS ("
                        + "SELECT FROM contact_requests o WHERE o.from_id = r.to_id AND o.to_id = r.from_id"
                        + " AND o.again_at IS NULL))"))
                .isZero();
        assertThat(session.number("SELECT count(*) FROM blocks b WHERE EXISTS (SELECT FROM contacts c"
                        + " WHERE c.user_id = b.blocker_id AND c.contact_id = b.blocked_id) OR EXISTS ("
                        + "SELECT FROM contact_requests r WHERE r.again_at IS NULL AND (r.from_id, r.to_id) IN"
                        + " ((b.blocker_id, b.blocked_id), (b.blocked_id, b.blocker_id)))"))
                .isZero();
        assertThat(
                        session.number(
                                "SELECT count(*) FROM direct_pairs d JOIN members m USING (conversation_id)"
                                        + " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id <> m.user_id"
                                        + " WHERE (m.silenced_until IS NOT NULL) <> blocked_between(m.tenant_id, o.user_id, m.user_id)"))
                .isZero();
    }
}

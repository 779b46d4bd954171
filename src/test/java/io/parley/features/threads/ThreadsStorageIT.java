package io.parley.features.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Change;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the functions of threads lock and write, also when somebody follows very many. */
@ExtendWith(StorageExtension.class)
class ThreadsStorageIT {
    private static final UUID TENANT = TestDatabase.TENANT;
    private static final int MOST = 5_000;

    private final TestDatabase database;
    private StorageSession session;
    private UUID owner;
    private UUID bob;
    private UUID room;

    @SuppressWarnings("NullAway.Init") // the rest is made before each test
    ThreadsStorageIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void furnish() throws SQLException {
        session = new StorageSession(database);
        owner = session.person();
        bob = session.person();
        room = session.group(owner, bob);
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    /** As many threads as one may follow, with Bob in each. */
    private void manyThreads() throws SQLException {
        session.update(
                "CREATE TEMP TABLE made ON COMMIT PRESERVE ROWS AS"
                        + " SELECT gen_random_uuid() AS id, g AS number FROM generate_series(1, ?) g",
                MOST);
        session.update(
                "INSERT INTO conversations (tenant_id, root_id, id, type, created_at, updated_at, member_count,"
                        + " parent_number) SELECT ?, ?, id, 'thread', now(), now(), 1, number FROM made",
                TENANT,
                room);
        session.update(
                "INSERT INTO conversation_counters (tenant_id, root_id, id, last_number, last_version, last_counted,"
                        + " last_at, changed_xid) SELECT ?, ?, id, 7, 9, 7, now(), pg_current_xact_id() FROM made",
                TENANT,
                room);
        session.update(
                "INSERT INTO members (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,"
                        + " from_number, from_version, from_counted)"
                        + " SELECT ?, ?, id, ?, 'member', true, 1, now(), 1, 1, 0 FROM made",
                TENANT,
                room,
                bob);
        session.update(
                "INSERT INTO member_intervals (tenant_id, root_id, conversation_id, user_id, from_number,"
                        + " from_version, from_at) SELECT ?, ?, id, ?, 1, 1, now() FROM made",
                TENANT,
                room,
                bob);
        session.update(
                "INSERT INTO user_conversations (tenant_id, user_id, conversation_id, root_id, type, state,"
                        + " user_version, gained_at) SELECT ?, ?, id, ?, 'thread', 'member', 0, now() FROM made",
                TENANT,
                bob,
                room);
    }

    @Test
    void whoFollowsAsManyThreadsAsOneMayIsRemovedInOneGo() throws SQLException {
        manyThreads();
        long before = session.number("SELECT count(*) FROM journal");
        long began = System.nanoTime();

        Change removed = session.remove(room, owner, bob);

        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertThat(removed.outcome()).isEqualTo("ok");
        assertThat(took).as("milliseconds, on a busy machine").isLessThan(3_000);
        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(before + 2);
        assertThat(session.number(
                        "SELECT cardinality(conversations) FROM journal WHERE id = (SELECT max(id) - 1 FROM journal)"))
                .isEqualTo(MOST);
        assertThat(session.number("SELECT count(*) FROM made t JOIN conversation_counters k USING (id)"
                        + " JOIN conversations c ON c.id = t.id AND c.member_count = 0"
                        + " JOIN members m ON m.conversation_id = t.id AND NOT m.active AND m.version = 10"
                        + " JOIN member_intervals i ON i.conversation_id = t.id AND i.to_number = 8"
                        + " AND i.to_version = 10 AND i.to_at >= i.from_at"
                        + " JOIN user_conversations u ON u.conversation_id = t.id AND u.user_id = m.user_id"
                        + " AND u.state = 'lost' AND u.lost_at IS NOT NULL WHERE k.last_version = 10"))
                .isEqualTo(MOST);
        assertThat(session.number(
                        "SELECT count(DISTINCT user_version) FROM user_conversations WHERE user_id = ? AND state = 'lost'",
                        bob))
                .as("versions of his, one for each")
                .isEqualTo(MOST + 1L);
        assertThat(removed.userVersions().get(bob))
                .isEqualTo(session.number("SELECT max(user_version) FROM user_conversations WHERE user_id = ?", bob))
                .isEqualTo(session.number("SELECT user_version FROM user_counters WHERE user_id = ?", bob));
    }

    private UUID message(UUID sender) throws SQLException {
        Send send = Send.text(room, sender);
        session.append(send);
        return send.id();
    }

    private List<@Nullable UUID> open(UUID actor, UUID message, int most) throws SQLException {
        return session.query(
                "SELECT (change).outcome, thread FROM open_thread(?, ?, ?, ?, ?, ?) WHERE (change).outcome = 'ok'",
                row -> row.id("thread"),
                TENANT,
                room,
                actor,
                message,
                StorageSession.newId(),
                most);
    }

    private UUID thread(UUID actor, UUID author) throws SQLException {
        UUID thread = open(actor, message(author), MOST).getFirst();
        assertThat(thread).isNotNull();
        return thread;
    }

    private static String follow(StorageSession own, UUID thread, UUID person, int most) throws SQLException {
        return own.query(
                        "SELECT outcome FROM follow_thread(?, ?, ?, ARRAY[?], false, ?)",
                        row -> row.text("outcome"),
                        TENANT,
                        thread,
                        person,
                        person,
                        most)
                .getFirst();
    }

    private static String unfollow(StorageSession own, UUID thread, UUID person) throws SQLException {
        return own.query(
                        "SELECT outcome FROM unfollow_thread(?, ?, ?)",
                        row -> row.text("outcome"),
                        TENANT,
                        thread,
                        person)
                .getFirst();
    }

    /** While it waits for one of his threads, the removal holds nothing of his that leaving that thread needs. */
    @Test
    void removalAndUnfollowDoNotWaitForEachOther() throws Exception {
        UUID first = thread(bob, owner);
        UUID second = thread(bob, owner);
        UUID last = first.toString().compareTo(second.toString()) > 0 ? first : second;
        try (StorageSession leaving = new StorageSession(database)) {
            leaving.connection().setAutoCommit(false);
            leaving.number("SELECT last_version FROM conversation_counters WHERE id = ? FOR NO KEY UPDATE", last);
            CompletableFuture<String> removal = CompletableFuture.supplyAsync(this::removeBob);
            await().until(() -> session.number("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                    > 0);

            assertThat(unfollow(leaving, last, bob)).isEqualTo("ok");
            leaving.connection().commit();
            assertThat(removal.get(30, TimeUnit.SECONDS)).isEqualTo("ok");
        }

        assertThat(session.number("SELECT last_version FROM conversation_counters WHERE id = ?", last))
                .as("he left it once")
                .isEqualTo(2);
        assertThat(session.number("SELECT sum(member_count) FROM conversations WHERE root_id = ?", room))
                .as("the owner, here and in both threads")
                .isEqualTo(3);
    }

    private String removeBob() {
        try (StorageSession own = new StorageSession(database)) {
            return own.remove(room, owner, bob).outcome();
        } catch (SQLException e) {
            return e.toString();
        }
    }

    @Test
    void nobodyFollowsMoreThreadsOfAConversationThanHeMay() throws SQLException {
        UUID first = thread(bob, bob);
        UUID second = thread(owner, owner);

        assertThat(follow(session, second, bob, 1)).isEqualTo("too_many");
        assertThat(follow(session, first, bob, 1)).as("he does already").isEqualTo("unchanged");
        assertThat(open(bob, message(owner), 1)).isEmpty();
        assertThat(open(owner, message(bob), 2)).as("a thread for its author").hasSize(1);
        assertThat(open(owner, message(bob), 2)).as("the owner has two").isEmpty();
        assertThat(unfollow(session, first, bob)).isEqualTo("ok");
        assertThat(follow(session, second, bob, 2)).isEqualTo("ok");
        assertThat(open(owner, message(bob), 3))
                .as("its author has two, of three")
                .hasSize(1);
        assertThat(followed(bob)).isEqualTo(3);
        unfollow(session, second, owner);
        assertThat(open(owner, message(bob), 3)).as("without its author").hasSize(1);
        assertThat(followed(bob)).isEqualTo(3);
    }

    private void slow() throws SQLException {
        session.update("UPDATE conversation_counters SET slow_seconds = 3600 WHERE id = ?", room);
    }

    @Test
    void slowModeHoldsInThreadsByTheClockOfTheRoot() throws SQLException {
        UUID first = thread(bob, owner);
        UUID second = thread(bob, owner);
        slow();

        assertThat(session.append(Send.text(first, bob)).outcome()).isEqualTo("ok");
        for (UUID each : List.of(first, second, room)) {
            assertThat(session.append(Send.text(each, bob)).outcome()).isEqualTo("slow");
            assertThat(session.append(Send.text(each, owner)).outcome())
                    .as("the owner")
                    .isEqualTo("ok");
        }
        assertThat(session.number("SELECT count(*) FROM slow_sends WHERE conversation_id <> ?", room))
                .isZero();
        session.update("UPDATE slow_sends SET sent_at = sent_at - interval '1 hour'");
        assertThat(session.append(Send.text(room, bob)).outcome()).isEqualTo("ok");
        assertThat(session.append(Send.text(second, bob)).outcome()).isEqualTo("slow");
    }

    @Test
    void ofManyAtOnceInTheThreadsOfASlowRootOneIsStored() throws Exception {
        List<UUID> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            threads.add(thread(bob, owner));
        }
        slow();
        for (int round = 0; round < 10; round++) {
            session.update("DELETE FROM slow_sends");

            List<String> outcomes = Threads.together(6, place -> {
                try (StorageSession own = new StorageSession(database)) {
                    return own.append(Send.text(threads.get(place), bob)).outcome();
                }
            });

            assertThat(outcomes).containsOnlyOnce("ok").hasSize(6);
            assertThat(outcomes.stream().filter("slow"::equals)).hasSize(5);
        }
    }

    @Test
    void whatIsBesideASlowConversationInABatchIsStoredInOneGo() throws SQLException {
        UUID quick = session.group(owner, bob);
        UUID other = session.group(owner, bob);
        slow();
        long before = session.number("SELECT count(*) FROM journal");
        List<Send> batch = List.of(
                Send.text(quick, bob),
                Send.text(room, bob),
                Send.text(other, bob),
                Send.text(room, bob),
                Send.text(quick, owner),
                Send.text(room, owner),
                Send.text(quick, bob));

        List<Sent> sent = session.append(batch);

        assertThat(sent).extracting(Sent::outcome).containsExactly("ok", "ok", "ok", "slow", "ok", "ok", "ok");
        assertThat(List.of(
                        sent.get(0).number(), sent.get(4).number(), sent.get(6).number()))
                .containsExactly(1L, 2L, 3L);
        assertThat(session.number("SELECT count(*) FROM journal")).isEqualTo(before + 3);
    }

    @Test
    void aPageOfTheListJudgesLittleMoreThanWhatItShows() throws SQLException {
        manyThreads();
        session.update(
                "INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type,"
                        + " content, counted, counts, created_at) SELECT ?, ?, ?, number, number, gen_random_uuid(),"
                        + " ?, 'text', '{}', number, true, now() FROM made",
                TENANT,
                room,
                room,
                owner);
        session.update("PREPARE list (uuid, uuid, timestamptz, uuid, int, boolean) AS " + ThreadStore.LIST);

        for (boolean unread : List.of(false, true)) {
            List<UUID> shown = new ArrayList<>();
            long read = session.rowsRead(
                    "members",
                    () -> shown.addAll(session.query(
                            "EXECUTE list('" + TENANT + "', '" + bob + "', NULL, NULL, 50, " + unread + ")",
                            row -> Objects.requireNonNull(row.id("thread")))));
            assertThat(shown).hasSize(50);
            assertThat(read).isLessThan(1_000);
        }
    }

    private long followed(UUID person) throws SQLException {
        return session.number(
                "SELECT count(*) FROM user_conversations WHERE user_id = ? AND type = 'thread' AND state = 'member'",
                person);
    }
}

package io.parley.features.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.TestServers;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** The way from eight partitions of messages to one table. */
class MessagesMigrationIT {
    private static final String PARTITIONED = "10";

    /** In one table. */
    private static final String WHOLE = "11";

    private final String url =
            TestServers.shared().url(TestServers.shared().database("template0").database());
    private final TestDatabase database = new TestDatabase(url);

    private void migrate(String version) {
        Flyway.configure()
                .dataSource(url, null, null)
                .schemas("parley")
                .target(version)
                .load()
                .migrate();
    }

    /** By the function as it was in both versions. */
    private static List<Sent> append(StorageSession session, List<Send> sends) throws SQLException {
        Connection connection = session.connection();
        Array rooms = uuids(connection, sends, Send::conversation);
        return session.query(
                "SELECT * FROM append_messages(?, ?, ?, ?, ?, ?, ?, ?) ORDER BY ord",
                row -> new Sent(
                        row.text("outcome"),
                        row.number("number"),
                        row.number("version"),
                        row.number("counted"),
                        row.time("created_at")),
                uuids(connection, sends, send -> TestDatabase.TENANT),
                rooms,
                rooms,
                uuids(connection, sends, Send::sender),
                uuids(connection, sends, Send::id),
                connection.createArrayOf(
                        "text", sends.stream().map(send -> "text").toArray()),
                connection.createArrayOf(
                        "text", sends.stream().map(Send::content).toArray()),
                connection.createArrayOf(
                        "bytea",
                        sends.stream()
                                .map(send -> String.valueOf(send.content()).getBytes(StandardCharsets.UTF_8))
                                .toArray(byte[][]::new)));
    }

    private static Array uuids(Connection connection, List<Send> sends, Function<Send, UUID> of) throws SQLException {
        return connection.createArrayOf("uuid", sends.stream().map(of).toArray());
    }

    private static List<String> stored(StorageSession session) throws SQLException {
        return session.query(
                "SELECT to_jsonb(m)::text AS row FROM messages m ORDER BY id, conversation_id", row -> row.text("row"));
    }

    @Test
    void everyMessageIsKeptAsItWasAndMayBeSentAgain() throws SQLException {
        migrate(PARTITIONED);
        try (StorageSession session = new StorageSession(database)) {
            UUID owner = session.person();
            List<Send> sends = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                UUID room = session.group(owner, session.person());
                IntStream.range(0, 5).forEach(j -> sends.add(Send.text(room, owner)));
            }
            List<Sent> sent = append(session, sends);
            List<String> before = stored(session);

            migrate(WHOLE);

            assertThat(before).hasSizeGreaterThanOrEqualTo(sends.size());
            assertThat(stored(session)).isEqualTo(before);
            List<Sent> again = append(session, sends);
            assertThat(again).extracting(Sent::outcome).containsOnly("duplicate");
            assertThat(again)
                    .extracting(Sent::number)
                    .isEqualTo(sent.stream().map(Sent::number).toList());
            assertThat(append(session, List.of(Send.text(sends.getFirst().conversation(), owner))))
                    .extracting(Sent::number)
                    .containsExactly(6L);
        }
    }

    /** Another node goes on while this one migrates: what it acknowledged must be there. */
    @Test
    void whatIsStoredMeanwhileIsKept() throws Exception {
        migrate(PARTITIONED);
        fill();
        AtomicBoolean migrated = new AtomicBoolean();
        CountDownLatch writing = new CountDownLatch(20);
        CompletableFuture<List<UUID>> writer = CompletableFuture.supplyAsync(() -> writeUntil(migrated, writing));
        assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();

        migrate(WHOLE);
        migrated.set(true);

        List<UUID> acknowledged = writer.get(10, TimeUnit.SECONDS);
        try (StorageSession session = new StorageSession(database)) {
            assertThat(session.query("SELECT id FROM messages", row -> row.id("id")))
                    .containsAll(acknowledged);
        }
    }

    /** So many that copying them takes a while. */
    private void fill() throws SQLException {
        try (StorageSession session = new StorageSession(database)) {
            UUID room = session.group(session.people(2));
            session.update(
                    "INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, type, content,"
                            + " counted, counts, created_at)"
                            + " SELECT ?, ?, ?, n, n, gen_random_uuid(), 'text', repeat('x', 300), n, true, now()"
                            + " FROM generate_series(1000, 60000) n",
                    TestDatabase.TENANT,
                    room,
                    room);
        }
    }

    /** @return ids of what was acknowledged; what failed was not */
    private List<UUID> writeUntil(AtomicBoolean over, CountDownLatch progress) {
        List<UUID> acknowledged = new ArrayList<>();
        try (StorageSession session = new StorageSession(database)) {
            UUID owner = session.person();
            UUID room = session.group(owner, session.person());
            while (!over.get()) {
                Send send = Send.text(room, owner);
                try {
                    if (append(session, List.of(send)).getFirst().outcome().equals("ok")) {
                        acknowledged.add(send.id());
                        progress.countDown();
                    }
                } catch (SQLException refused) {
                    // The statement was prepared for the table and the function of before: it is not acknowledged.
                }
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
        return acknowledged;
    }
}

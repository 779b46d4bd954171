package io.parley.server.persistence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Metrics;
import io.parley.support.testing.StorageExtension;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The journal read through the driver, with transactions that come and go as they like. */
@ExtendWith(StorageExtension.class)
class JournalReaderIT {
    private final TestDatabase database;
    private final Vertx vertx = Vertx.vertx();
    private Pool pool;
    private JournalReader reader;
    private StorageSession session;
    private UUID owner;
    private UUID room;
    private JournalPosition position;

    @SuppressWarnings("NullAway.Init") // the rest is made before each test
    JournalReaderIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        URI address = URI.create(database.url().substring("jdbc:".length()));
        Map<String, String> parameters = Stream.of(address.getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        Map<String, String> properties = new HashMap<>(PgConnections.PLANNING);
        properties.put("search_path", "parley");
        pool = PgBuilder.pool()
                .using(vertx)
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(new PgConnectOptions()
                        .setHost(address.getHost())
                        .setPort(address.getPort())
                        .setDatabase(address.getPath().substring(1))
                        .setUser(parameters.get("user"))
                        .setPassword(parameters.get("password"))
                        .setProperties(properties))
                .build();
        reader = new JournalReader(pool);
        session = new StorageSession(database);
        owner = session.person();
        room = session.group(owner);
        position = await(reader.begin()).position();
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(20, SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(late);
        }
    }

    private JournalReader.News read() {
        JournalReader.News news = await(reader.since(position));
        position = news.position();
        return news;
    }

    private List<Long> versions() {
        return read().conversations().stream()
                .map(JournalReader.Change::toVersion)
                .toList();
    }

    /** Somebody's transaction, which has written a row and is left open. */
    private Connection open(long version) throws SQLException {
        Connection forgotten = database.connect();
        forgotten.setAutoCommit(false);
        try (Statement insert = forgotten.createStatement()) {
            insert.execute("SET application_name = 'psql of bob'");
            insert.execute("INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)"
                    + " VALUES (ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], '{1}', '{"
                    + version + "}')");
        }
        return forgotten;
    }

    @Test
    void eachRowIsReadOnceAsSoonAsItIsCommitted() throws SQLException {
        session.append(Send.text(room, owner));
        session.append(Send.text(room, owner));

        assertThat(versions()).containsExactly(2L, 3L);
        assertThat(versions()).isEmpty();
        session.append(Send.text(room, owner));
        assertThat(versions()).containsExactly(4L);
    }

    @Test
    void aForgottenTransactionHoldsNothingUpButThePromise() throws SQLException {
        try (Connection forgotten = open(77)) {
            session.append(Send.text(room, owner));
            assertThat(versions()).containsExactly(2L);
            long promised = position.complete();

            for (int i = 0; i < 3; i++) {
                session.append(Send.text(room, owner));
                assertThat(versions()).containsExactly(3L + i);
            }
            assertThat(position.complete()).isEqualTo(promised);
            assertThat(await(reader.finalSince(promised)).rows()).isZero();

            forgotten.commit();
            assertThat(versions()).containsExactly(77L);
            assertThat(position.complete()).isGreaterThan(promised);
            assertThat(versions()).isEmpty();
        }
    }

    @Test
    void behindAForgottenTransactionMoreThanOneReadingIsReadOn() throws SQLException {
        try (Connection forgotten = open(77)) {
            session.update(
                    "DO $$ BEGIN FOR i IN 1..10050 LOOP INSERT INTO journal (tenants, roots, conversations, from_versions,"
                            + " to_versions) SELECT ARRAY[u], ARRAY[u], ARRAY[u], ARRAY[i], ARRAY[i] FROM gen_random_uuid() u;"
                            + " COMMIT; END LOOP; END $$");
            List<Long> all = new ArrayList<>();
            JournalReader.News news = read();
            assertThat(news.more()).isTrue();
            news.conversations().forEach(change -> all.add(change.toVersion()));
            all.addAll(versions());

            assertThat(all.stream().distinct()).hasSize(10_050);
            forgotten.rollback();
        }
        session.update("TRUNCATE journal");
    }

    @Test
    void whoHoldsTheFenceIsTold() throws SQLException {
        try (Connection forgotten = open(77)) {
            session.append(Send.text(room, owner));
            JournalReader.News news = read();

            assertThat(news.fence()).isLessThan(news.newest());
            assertThat(await(reader.holder(news.fence())).orElseThrow())
                    .contains("psql of bob")
                    .containsPattern("backend \\d+");
            forgotten.rollback();
        }
        assertThat(await(reader.holder(read().fence()))).isEmpty();
    }

    @Test
    void theLastRowReadIsFoundAgainUnlessTheDatabaseIsAnother() throws SQLException {
        session.append(Send.text(room, owner));
        assertThat(read().witnessed()).isTrue();
        assertThat(read().witnessed()).isTrue();

        // The same numbers may come again in another history, but not at the same time.
        session.update(
                "UPDATE journal SET at = at + interval '1 microsecond' WHERE xid = ?::text::xid8", position.top() + "");
        assertThat(read().witnessed()).isFalse();
    }

    @Test
    void anEpochThatIsEndedIsToldWithTheNextReading() {
        JournalReader.Beginning first = await(reader.begin());
        await(reader.endEpoch(first.epoch()));

        JournalReader.Beginning second = await(reader.begin());
        assertThat(read().epoch()).isEqualTo(second.epoch()).isNotEqualTo(first.epoch());
        assertThat(second.number()).isGreaterThan(first.number());
        position = second.position();
        assertThat(read().missed()).isFalse();
    }

    @Test
    void rowsOfAnotherClusterAreNotReadBeforeTheirTime() throws SQLException {
        session.update("INSERT INTO journal (xid) VALUES ('900000000000')");

        assertThat(await(reader.begin()).position().top()).isLessThan(900_000_000_000L);
        read();
        assertThat(position.top()).isLessThan(900_000_000_000L);
        session.append(Send.text(room, owner));
        assertThat(versions()).containsExactly(2L);
        session.update("DELETE FROM journal WHERE xid = '900000000000'");
    }

    @Test
    void figuresTellWhatIsKeptAndHowFarFollowersAre() throws SQLException {
        session.update(
                "INSERT INTO journal_followers (name, fence, epoch) SELECT 'slow', journal_fence()::text::xid8, epoch"
                        + " FROM server_epoch");
        JournalFigures figures = new JournalFigures(pool);
        assertThat(await(figures.followersAreCurrent().map(true).otherwise(false)))
                .isTrue();

        session.append(Send.text(room, owner));
        session.update("UPDATE journal SET at = at - interval '2 minutes' WHERE conversations = ARRAY[?]", room);
        try (Metrics metrics = new Metrics()) {
            await(figures.measure(metrics));
            assertThat(metrics.scrape())
                    .contains("parley_follower_rows{follower=\"slow\"} 1.0")
                    .containsPattern("parley_follower_lag_seconds\\{follower=\"slow\"} 12\\d\\.")
                    .contains("parley_journal_age_seconds");
        }
        assertThat(await(figures.followersAreCurrent().map("").otherwise(Throwable::getMessage)))
                .contains("slow");
        session.update("DELETE FROM journal_followers");
    }
}

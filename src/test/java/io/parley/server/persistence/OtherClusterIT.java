package io.parley.server.persistence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Config;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.TestServers;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What was dumped in one cluster is loaded into another one, whose transactions have other numbers. */
class OtherClusterIT {
    /** All but partitions; what pg_dump with --data-only copies. */
    private static final String TABLES =
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'parley'::regnamespace"
                    + " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'flyway_schema_history' ORDER BY 1";

    private static TestDatabase migrated(TestServers servers) {
        Config config = DatabaseConfig.of(servers.postgres(), Map.of());
        Migrations.run(config.postgres());
        return new TestDatabase(servers.url(servers.postgres().database()));
    }

    private static void copy(TestDatabase from, TestDatabase to) throws Exception {
        try (StorageSession tables = new StorageSession(from);
                Connection source = from.connect();
                Connection target = to.connect()) {
            List<String> names = tables.query(TABLES, row -> row.text("name"));
            target.setAutoCommit(false);
            for (String name : names) {
                target.createStatement().execute("DELETE FROM " + name);
                ByteArrayOutputStream data = new ByteArrayOutputStream();
                source.unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("COPY (SELECT * FROM " + name + ") TO STDOUT", data);
                target.unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY " + name + " FROM STDIN", new ByteArrayInputStream(data.toByteArray()));
            }
            target.commit();
        }
    }

    @Test
    void thereAnEpochBeginsAndTheJournalIsReadFromThere() throws Exception {
        try (TestServers old = TestServers.start();
                TestServers other = TestServers.start()) {
            TestDatabase source = migrated(old);
            TestDatabase target = migrated(other);
            UUID room;
            UUID owner;
            try (StorageSession session = new StorageSession(source)) {
                // The other cluster's transactions stay far behind.
                session.update(
                        "DO $$ BEGIN FOR i IN 1..2000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
                owner = session.person();
                room = session.group(owner);
                session.append(Send.text(room, owner));
                session.update("INSERT INTO journal_followers SELECT 'test', journal_fence()::text::xid8, now(),"
                        + " current_epoch()");
            }
            copy(source, target);

            Vertx vertx = Vertx.vertx();
            try (StorageSession session = new StorageSession(target)) {
                JournalReader reader = new JournalReader(PgConnections.pool(
                        vertx, DatabaseConfig.of(other.postgres(), Map.of()).postgres(), "test", 1));
                JournalReader.Beginning beginning = reader.begin().await(20, SECONDS);

                assertThat(session.number("SELECT count(*) FROM journal_followers WHERE epoch = ?", beginning.epoch()))
                        .isZero();
                assertThat(beginning.position().top()).isLessThan(session.number("SELECT pg_current_xact_id()"));
                session.append(Send.text(room, owner));
                JournalReader.News news = reader.since(beginning.position()).await(20, SECONDS);
                assertThat(news.conversations())
                        .extracting(JournalReader.Change::toVersion)
                        .containsExactly(3L);
                assertThat(news.witnessed()).isTrue();
                assertThat(news.missed()).isFalse();
                JournalReader.Window window =
                        reader.finalSince(beginning.fence()).await(20, SECONDS);
                assertThat(beginning.fence()).isGreaterThanOrEqualTo(window.dropped());
                assertThat(window.conversations())
                        .extracting(JournalReader.Change::toVersion)
                        .containsExactly(3L);
            } finally {
                vertx.close().await(10, SECONDS);
            }
        }
    }
}

package io.parley.features.activity;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Migrations;
import io.parley.server.persistence.PgConnections;
import io.parley.support.Config;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.TestServers;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActivityProjectionIT {
    private final Vertx vertx = Vertx.vertx();
    private ActivityProjection projection;
    private StorageSession session;
    private UUID owner;

    @BeforeEach
    void open() throws SQLException {
        PostgresEndpoint postgres = TestServers.shared().database("template0");
        Config config = DatabaseConfig.of(postgres, Map.of());
        Migrations.run(config.postgres());
        session = new StorageSession(new TestDatabase(TestServers.shared().url(postgres.database())));
        owner = session.person();
        projection = new ActivityProjection(
                PgConnections.database(PgConnections.pool(vertx, config.postgres(), "activity", 1)));
    }

    @AfterEach
    void close() throws Exception {
        session.close();
        vertx.close().await(10, SECONDS);
    }

    private void rebuild() throws Exception {
        projection.rebuild().await(20, SECONDS);
    }

    private List<String> activity() throws SQLException {
        return session.query(
                "SELECT conversation_id || ' ' || last_version || ' ' || active_at AS line FROM conversation_activity"
                        + " ORDER BY 1",
                row -> row.text("line"));
    }

    private long differences() throws SQLException {
        return session.number("SELECT count(*) FROM conversation_counters k FULL JOIN conversation_activity a"
                + " ON a.conversation_id = k.id WHERE a.last_version IS DISTINCT FROM k.last_version");
    }

    @Test
    void madeAnewItIsWhatTheConversationsSayHoweverOften() throws Exception {
        for (int i = 0; i < 5; i++) {
            session.append(Send.text(session.group(owner), owner));
        }

        rebuild();
        List<String> once = activity();
        rebuild();

        assertThat(once).hasSize(5);
        assertThat(differences()).isZero();
        assertThat(activity()).isEqualTo(once);
    }

    @Test
    void moreConversationsThanOneStatementTakesAreAllMadeAnew() throws Exception {
        session.update(
                "INSERT INTO conversation_counters (tenant_id, root_id, id, last_number, last_version, last_counted,"
                        + " last_at, changed_xid) SELECT ?, u, u, 1, 2, 1, clock_timestamp(), pg_current_xact_id()"
                        + " FROM (SELECT gen_random_uuid() AS u FROM generate_series(1, 4500)) g",
                TestDatabase.TENANT);

        rebuild();

        assertThat(activity()).hasSize(4500);
        assertThat(differences()).isZero();
    }

    /** One who was stopped may come late, with a window or a state that others have passed. */
    @Test
    void whatIsOlderChangesNothing() throws Exception {
        UUID room = session.group(owner);
        session.append(Send.text(room, owner));
        rebuild();
        session.update("UPDATE conversation_activity SET last_version = 9");
        List<String> later = activity();

        rebuild();
        JournalReader.Change old = new JournalReader.Change(TestDatabase.TENANT, room, room, 1, 2);
        projection
                .apply(new JournalReader.Window(new UUID(7, 7), 1, 0, 1, List.of(old), List.of()))
                .await(20, SECONDS);

        assertThat(activity()).isEqualTo(later);
    }
}

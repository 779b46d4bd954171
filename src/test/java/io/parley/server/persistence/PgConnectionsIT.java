package io.parley.server.persistence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.server.embedded.PostgresEndpoint;
import io.parley.support.Config;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PgConnectionsIT {
    private final Vertx vertx = Vertx.vertx();
    private final PostgresEndpoint postgres = TestServers.shared().postgres();
    private volatile boolean swallowing;

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, SECONDS);
    }

    private Pool pool(int port) {
        PostgresEndpoint there =
                new PostgresEndpoint(postgres.host(), port, postgres.database(), postgres.user(), postgres.password());
        Config config = DatabaseConfig.of(there, Map.of("PARLEY_POSTGRES_SYNCHRONOUSFAILOVER", "true"));
        return PgConnections.pool(vertx, config.postgres(), "test", 1);
    }

    private static String setting(Pool pool, String name) throws Exception {
        return pool.query("SHOW " + name)
                .execute()
                .await(10, SECONDS)
                .iterator()
                .next()
                .getString(0);
    }

    /** A way to the database that takes everything and lets nothing back while it is swallowing. */
    private int way() throws Exception {
        return vertx.createNetServer()
                .connectHandler(this::relay)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS)
                .actualPort();
    }

    private void relay(NetSocket client) {
        client.pause();
        Future<NetSocket> server = vertx.createNetClient().connect(postgres.port(), postgres.host());
        server.onSuccess(database -> {
            client.handler(database::write).closeHandler(gone -> database.close());
            database.handler(answer -> {
                if (!swallowing) {
                    client.write(answer);
                }
            });
            client.resume();
        });
    }

    @Test
    void nothingOfOursStaysOpenForLong() throws Exception {
        Pool pool = pool(postgres.port());

        assertThat(setting(pool, "statement_timeout")).isEqualTo("10s");
        assertThat(setting(pool, "idle_in_transaction_session_timeout")).isEqualTo("10s");
        assertThat(setting(pool, "parley.synchronous_failover")).isEqualTo("on");
    }

    @Test
    void aConnectionOnWhichNoAnswerComesIsGivenUpForAnother() throws Exception {
        Pool pool = pool(way());
        assertThat(setting(pool, "search_path")).isEqualTo("parley");

        swallowing = true;
        Future<?> lost = pool.query("SELECT 1").execute();
        await().atMost(Duration.ofSeconds(45)).until(lost::isComplete);
        assertThat(lost.failed()).isTrue();

        swallowing = false;
        assertThat(setting(pool, "search_path")).isEqualTo("parley");
    }
}

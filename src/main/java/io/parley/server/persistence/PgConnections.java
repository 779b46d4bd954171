package io.parley.server.persistence;

import io.parley.support.Config;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How every pool of ours connects to PostgreSQL. */
public final class PgConnections {
    /** Statements are ended by the server well before the bus gives up waiting for their answer. */
    static final int STATEMENT_TIMEOUT_MS = 10_000;

    /** How the server plans what we ask. */
    public static final Map<String, String> PLANNING = Map.of(
            // Planning anew for each call costs more than most calls.
            "plan_cache_mode", "force_generic_plan",
            // Whatever we read has an index. A plan is kept, and one that is made while a table has a page would read
            // the whole table when it has grown, until the server looks at it again.
            "enable_seqscan", "off",
            "jit", "off");

    /** A connection that does not take what is sent is given up; the next one may find its way. */
    private static final int UNTAKEN_MS = 15_000;

    /** One that is not used is closed, so that one on which nothing is heard is one that should have answered. */
    private static final int UNUSED_SECONDS = 15;

    private static final int UNHEARD_SECONDS = UNUSED_SECONDS + STATEMENT_TIMEOUT_MS / 1000 + 5;

    private PgConnections() {}

    /** @param name shown in {@code pg_stat_activity} */
    public static Pool pool(Vertx vertx, Config.Postgres config, String name, int size) {
        return PgBuilder.pool()
                .using(vertx)
                .connectingTo(options(config, name))
                .with(new NetClientOptions()
                        .setConnectTimeout(3000)
                        .setTcpKeepAlive(true)
                        .setTcpUserTimeout(UNTAKEN_MS)
                        .setReadIdleTimeout(UNHEARD_SECONDS)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setTcpNoDelay(true))
                .with(new PoolOptions()
                        .setMaxSize(size)
                        .setMaxWaitQueueSize(config.maxWaiting())
                        .setConnectionTimeout(5)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                        .setName(name)
                        .setIdleTimeout(UNUSED_SECONDS)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS))
                .build();
    }

    /** Statements over a pool, with failures as callers may see them. */
    public static Database database(Pool pool) {
        return new PgDatabase(pool);
    }

    private static PgConnectOptions options(Config.Postgres config, String name) {
        Map<String, String> properties = new HashMap<>(PgConnectOptions.DEFAULT_PROPERTIES);
        properties.put("application_name", "parley-" + name);
        properties.put("search_path", "parley");
        properties.put("statement_timeout", String.valueOf(STATEMENT_TIMEOUT_MS));
        properties.put("lock_timeout", "8000");
        // We hold no transaction open over several statements; one that is held all the same ends by itself, because
        // it would hold up the journal for everybody.
        properties.put("idle_in_transaction_session_timeout", String.valueOf(STATEMENT_TIMEOUT_MS));
        // The server ends what belonged to a node that has gone without a word.
        properties.put("tcp_keepalives_idle", "10");
        properties.put("tcp_keepalives_interval", "5");
        properties.put("tcp_keepalives_count", "3");
        if (config.synchronousFailover()) {
            properties.put("parley.synchronous_failover", "on");
        }
        properties.putAll(PLANNING);
        PgConnectOptions options = new PgConnectOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setDatabase(config.database())
                .setUser(config.user())
                .setPassword(config.password().reveal())
                .setSslMode(SslMode.of(config.sslMode()))
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(256)
                // Longer than any of ours: beyond the limit each call would be prepared anew, in silence.
                .setPreparedStatementCacheSqlLimit(8_192)
                .setProperties(properties);
        if (options.getSslMode() == SslMode.REQUIRE || options.getSslMode() == SslMode.PREFER) {
            options.setSslOptions(new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm(""));
        } else if (options.getSslMode() != SslMode.DISABLE) {
            options.setSslOptions(new ClientSSLOptions()
                    .setHostnameVerificationAlgorithm(options.getSslMode() == SslMode.VERIFY_FULL ? "HTTPS" : ""));
        }
        return options;
    }
}

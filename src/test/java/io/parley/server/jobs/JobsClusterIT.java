package io.parley.server.jobs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Migrations;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several verticles of the kind jobs on one database, as on several nodes. */
class JobsClusterIT {
    /** What the next in line may need to take over. */
    private static final Duration TAKEOVER = Duration.ofSeconds(10);

    private final List<Vertx> nodes = new ArrayList<>();
    private final Metrics metrics = new Metrics();
    private Config config;
    private Connection connection;

    /** A follower that remembers what it is given, and timed work that counts, on a node of their own. */
    private final class Node implements Feature {
        final Vertx vertx = Vertx.vertx();
        final List<Long> applied = new CopyOnWriteArrayList<>();
        final AtomicInteger rebuilt = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        volatile CountDownLatch hang = new CountDownLatch(0);
        volatile boolean failing;

        Node() throws Exception {
            nodes.add(vertx);
            vertx.deployVerticle(new JobsVerticle(config, Bus.alone(vertx, 1), List.of(this), metrics))
                    .await(20, SECONDS);
        }

        @Override
        public void jobs(JobsHost host) {
            host.follow("test", this::apply, () -> {
                rebuilt.incrementAndGet();
                return Future.succeededFuture();
            });
            host.onceEvery("work", 500, () -> {
                done.incrementAndGet();
                return failing ? Future.failedFuture("not now") : Future.succeededFuture();
            });
        }

        /** Hanging, it blocks its event loop as a process that is stopped does. */
        private Future<Void> apply(JournalReader.Window window) {
            window.conversations().forEach(change -> applied.add(change.toVersion()));
            try {
                hang.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return Future.succeededFuture();
        }

        boolean follows() {
            return rebuilt.get() > 0 || !applied.isEmpty();
        }

        void leave() throws Exception {
            nodes.remove(vertx);
            vertx.close().await(20, SECONDS);
        }
    }

    @BeforeEach
    void open() throws SQLException {
        TestServers servers = TestServers.shared();
        PostgresEndpoint postgres = servers.database("template0");
        config = DatabaseConfig.of(postgres, Map.of("PARLEY_JOURNAL_POLLMS", "100"));
        Migrations.run(config.postgres());
        connection = DriverManager.getConnection(servers.url(postgres.database()) + "&currentSchema=parley");
    }

    @AfterEach
    void close() throws Exception {
        for (Vertx vertx : nodes) {
            vertx.close().await(20, SECONDS);
        }
        metrics.close();
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void write(long version) throws SQLException {
        execute(
                "INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions) SELECT ARRAY[u], ARRAY[u],"
                        + " ARRAY[u], ARRAY[%1$d], ARRAY[%1$d] FROM gen_random_uuid() u".formatted(version));
    }

    private long position() throws SQLException {
        return number("SELECT fence::text::bigint FROM journal_followers WHERE name = 'test'");
    }

    @Test
    void oneOfTwoFollowsAndTheOtherGoesOnWhereItLeaves() throws Exception {
        Node first = new Node();
        await().atMost(TAKEOVER).until(first::follows);
        Node second = new Node();
        write(1);
        await().until(() -> first.applied.contains(1L));
        long before = position();

        first.leave();
        write(2);

        await().atMost(Duration.ofSeconds(4)).until(() -> second.applied.contains(2L));
        assertThat(second.applied).containsExactly(2L);
        assertThat(second.rebuilt).hasValue(0);
        await().until(() -> position() > before);
    }

    /** As with SIGSTOP: it stops amid its work, another goes further, it wakes up and ends what it had begun. */
    @Test
    void whoHangsIsReplacedAndMovesNothingBackWhenItWakes() throws Exception {
        Node first = new Node();
        await().atMost(TAKEOVER).until(first::follows);
        Node second = new Node();
        CountDownLatch awake = new CountDownLatch(1);
        first.hang = awake;
        write(1);
        await().until(() -> first.applied.contains(1L));

        await().atMost(TAKEOVER).until(() -> second.applied.contains(1L));
        write(2);
        await().until(() -> second.applied.contains(2L));
        await().until(() -> number("SELECT count(*) FROM journal, journal_followers WHERE xid >= fence") == 0);
        long reached = position();
        awake.countDown();
        write(3);

        await().until(() -> second.applied.contains(3L));
        assertThat(first.applied).containsExactly(1L);
        assertThat(second.applied).containsExactly(1L, 2L, 3L);
        await().until(() -> position() > reached);
    }

    @Test
    void theLeaseOfOneWhoIsGoneIsWaitedForAndNoLonger() throws Exception {
        execute(
                "INSERT INTO job_leases VALUES ('follower test', gen_random_uuid(), clock_timestamp() + interval '4 s')");
        Node node = new Node();

        await().during(Duration.ofSeconds(2)).until(() -> !node.follows());
        await().atMost(TAKEOVER).until(node::follows);
    }

    @Test
    void aLeaseThatEndsLaterThanOneCanIsNone() throws Exception {
        execute(
                "INSERT INTO job_leases VALUES ('follower test', gen_random_uuid(), clock_timestamp() + interval '1 h')");
        Node node = new Node();

        await().atMost(Duration.ofSeconds(2)).until(node::follows);
    }

    @Test
    void timedWorkIsDoneOnceInAPeriodWhoeverDoesIt() throws Exception {
        Node first = new Node();
        Node second = new Node();

        await().until(() -> first.done.get() + second.done.get() >= 4);
        assertThat(Math.min(first.done.get(), second.done.get())).isZero();

        Node gone = first.done.get() > 0 ? first : second;
        Node next = gone == first ? second : first;
        gone.leave();
        await().atMost(TAKEOVER).until(() -> next.done.get() > 0);
    }

    @Test
    void timedWorkThatFailsIsDueAsBefore() throws Exception {
        Node node = new Node();
        node.failing = true;
        await().until(() -> node.done.get() >= 2);
        assertThat(number("SELECT count(done_at) FROM job_leases WHERE name = 'work'"))
                .isLessThanOrEqualTo(1);

        node.failing = false;
        await().until(() -> number("SELECT count(done_at) FROM job_leases WHERE name = 'work'") == 1);
    }

    @Test
    void aFollowerThatTheJournalHasLeftBehindMakesItsWorkAnew() throws Exception {
        Node node = new Node();
        await().atMost(TAKEOVER).until(node::follows);
        write(1);
        await().until(() -> node.applied.contains(1L));
        int before = node.rebuilt.get();

        execute("UPDATE journal_kept SET dropped = pg_current_xact_id()");
        await().until(() -> node.rebuilt.get() == before + 1);
        write(2);

        await().until(() -> node.applied.contains(2L));
        assertThat(node.rebuilt).hasValue(before + 1);
        assertThat(metrics.scrape()).contains("parley_follower_rebuilds_total{follower=\"test\"} 1.0");
    }

    @Test
    void inANewEpochAFollowerMakesItsWorkAnew() throws Exception {
        Node node = new Node();
        await().atMost(TAKEOVER).until(node::follows);
        int before = node.rebuilt.get();

        execute("SELECT new_epoch()");
        await().until(() -> node.rebuilt.get() == before + 1);

        write(1);
        await().until(() -> node.applied.contains(1L));
        assertThat(node.rebuilt).hasValue(before + 1);
    }
}

package io.parley.server.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Rows;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalFollowerTest {
    private static final UUID EPOCH = new UUID(7, 7);
    private static final UUID OTHER_EPOCH = new UUID(8, 8);

    private final List<Long> asked = new ArrayList<>();
    private final List<Long> applied = new ArrayList<>();
    private final Queue<Future<Void>> outcomes = new ArrayDeque<>();
    private final Metrics metrics = new Metrics();
    private Runnable meanwhile = () -> {};
    private int rebuilt;
    private boolean mine = true;
    private long stored = 5;
    private @Nullable UUID storedEpoch = EPOCH;
    private UUID epoch = EPOCH;
    private long dropped;
    private long fence = 5;
    private int rows = 1;
    private final JournalFollower follower = new JournalFollower(
            "test",
            new Positions(),
            new JournalReader(Rows.client(this::journal)),
            () -> mine,
            this::apply,
            this::rebuild,
            metrics);

    /** The table of positions, with one row. */
    private final class Positions implements Database {
        @Override
        public Future<RowSet<Row>> query(String sql, Tuple parameters) {
            if (!sql.startsWith("UPDATE")) {
                return Future.succeededFuture(Rows.of("fence", "epoch").row(stored, storedEpoch));
            }
            if (stored != parameters.getLong(3)) {
                return Future.succeededFuture(Rows.of());
            }
            stored = parameters.getLong(1);
            storedEpoch = parameters.getUUID(2);
            return Future.succeededFuture(Rows.of("moved").row(1));
        }
    }

    private Future<RowSet<Row>> journal(Tuple since) {
        if (since.size() == 1) {
            asked.add(since.getLong(0));
        }
        Rows found = Rows.of(
                "epoch",
                "number",
                "dropped",
                "fence",
                "newest",
                "started",
                "running",
                "xid",
                "id",
                "at",
                "conversations",
                "users");
        return Future.succeededFuture(found.row(
                epoch,
                1L,
                dropped,
                fence,
                fence,
                "noon",
                new Long[] {},
                1L,
                rows == 0 ? null : 1L,
                OffsetDateTime.MIN,
                null,
                null));
    }

    private Future<Void> apply(JournalReader.Window window) {
        applied.add(window.fence());
        meanwhile.run();
        Future<Void> outcome = outcomes.poll();
        return outcome == null ? Future.succeededFuture() : outcome;
    }

    private Future<Void> rebuild() {
        rebuilt++;
        Future<Void> outcome = outcomes.poll();
        return outcome == null ? Future.succeededFuture() : outcome;
    }

    private Future<Void> step(long newFence) {
        fence = newFence;
        return follower.step();
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void itGoesOnWhereItStopped() {
        step(8);
        step(11);

        assertThat(asked).containsExactly(5L, 8L);
        assertThat(applied).containsExactly(8L, 11L);
        assertThat(stored).isEqualTo(11);
    }

    @Test
    void whereNothingWasWrittenNothingIsDone() {
        rows = 0;
        step(9);

        assertThat(applied).isEmpty();
        assertThat(stored).isEqualTo(5);
    }

    @Test
    void workThatFailsIsDoneAgain() {
        outcomes.add(Future.failedFuture("not now"));
        assertThat(step(8).failed()).isTrue();
        assertThat(stored).isEqualTo(5);

        step(9);

        assertThat(asked).containsExactly(5L, 5L);
        assertThat(applied).containsExactly(8L, 9L);
        assertThat(stored).isEqualTo(9);
    }

    @Test
    void whatIsAnothersIsLeftAlone() {
        mine = false;
        step(8);

        assertThat(asked).isEmpty();
    }

    @Test
    void whoComesLateMovesNothingBack() {
        meanwhile = () -> stored = 20;
        step(8);

        assertThat(stored).isEqualTo(20);
    }

    @Test
    void whoWasLeftBehindMakesItsWorkAnewAndGoesOnFromThere() {
        dropped = 6;
        step(8);

        assertThat(applied).isEmpty();
        assertThat(rebuilt).isOne();
        assertThat(stored).isEqualTo(8);
        assertThat(metrics.scrape()).contains("parley_follower_rebuilds_total{follower=\"test\"} 1.0");

        step(9);
        assertThat(applied).containsExactly(9L);
    }

    @Test
    void inAnotherEpochTheWorkIsMadeAnew() {
        epoch = OTHER_EPOCH;
        step(3);

        assertThat(rebuilt).isOne();
        assertThat(stored).isEqualTo(3);
        assertThat(storedEpoch).isEqualTo(OTHER_EPOCH);
    }

    @Test
    void whoIsNewBeginsWithTheStateAndRaisesNoAlarm() {
        storedEpoch = null;
        stored = 0;
        step(8);

        assertThat(rebuilt).isOne();
        assertThat(stored).isEqualTo(8);
        assertThat(metrics.scrape()).doesNotContain("parley_follower_rebuilds_total");
    }

    @Test
    void workThatCannotBeMadeAnewIsNotTriedWithoutPause() {
        dropped = 6;
        outcomes.add(Future.failedFuture("not now"));
        assertThat(step(8).failed()).isTrue();
        step(8);

        assertThat(rebuilt).isOne();
        assertThat(stored).isEqualTo(5);
    }
}

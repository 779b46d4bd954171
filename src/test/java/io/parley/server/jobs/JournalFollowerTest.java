package io.parley.server.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class JournalFollowerTest {
    private final List<Long> asked = new ArrayList<>();
    private final List<Long> applied = new ArrayList<>();
    private final Queue<Future<Void>> outcomes = new ArrayDeque<>();
    private long stored = 5;
    private long fence = 5;
    private final JournalFollower follower =
            new JournalFollower("test", new Positions(), new JournalReader(Rows.client(this::journal)), this::apply);

    /** The table of positions: the second parameter, where there is one, is the new one. */
    private final class Positions implements Database {
        @Override
        public Future<RowSet<Row>> query(String sql, Tuple parameters) {
            if (sql.startsWith("UPDATE")) {
                stored = parameters.getLong(1);
            }
            return Future.succeededFuture(Rows.of("fence").row(stored));
        }
    }

    private Future<RowSet<Row>> journal(Tuple since) {
        asked.add(since.getLong(0));
        return Future.succeededFuture(Rows.of("fence", "newest", "id").row(fence, fence, null));
    }

    private Future<Void> apply(JournalReader.Window window) {
        applied.add(window.fence());
        Future<Void> outcome = outcomes.poll();
        return outcome == null ? Future.succeededFuture() : outcome;
    }

    private Future<Void> step(long newFence) {
        fence = newFence;
        return follower.step();
    }

    @Test
    void itGoesOnWhereItStopped() {
        follower.begin();
        step(8);
        step(11);

        assertThat(asked).containsExactly(5L, 8L);
        assertThat(applied).containsExactly(8L, 11L);
        assertThat(stored).isEqualTo(11);
    }

    @Test
    void whereNothingHasMovedNothingIsDone() {
        follower.begin();
        step(5);

        assertThat(applied).isEmpty();
    }

    @Test
    void workThatFailsIsDoneAgain() {
        follower.begin();
        outcomes.add(Future.failedFuture("not now"));
        assertThat(step(8).failed()).isTrue();
        assertThat(stored).isEqualTo(5);

        step(9);

        assertThat(asked).containsExactly(5L, 5L);
        assertThat(applied).containsExactly(8L, 9L);
        assertThat(stored).isEqualTo(9);
    }
}

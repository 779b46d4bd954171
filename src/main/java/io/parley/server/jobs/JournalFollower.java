package io.parley.server.jobs;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through the journal in whole windows, from one fence to the next. Its position is read before each window and
 * written after the work, and only if it is still the one that was read: so a window is worked through at least once,
 * and whoever comes late, because his node was stopped or cut off, moves nothing back.
 *
 * <p>A position that the journal does not reach back to, or of another epoch, is worth nothing: the work is made anew
 * from the state, and the journal followed from where it was before that.
 */
final class JournalFollower {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFollower.class);
    private static final long REBUILD_RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String REGISTER =
            "INSERT INTO journal_followers (name, fence) VALUES ($1, '0') ON CONFLICT (name) DO NOTHING";

    private static final String POSITION =
            "SELECT fence::text::bigint AS fence, epoch FROM journal_followers WHERE name = $1";

    private static final String ADVANCE = """
            UPDATE journal_followers
               SET fence = $2::bigint::text::xid8, epoch = $3, updated_at = clock_timestamp()
             WHERE name = $1 AND fence = $4::bigint::text::xid8 AND epoch IS NOT DISTINCT FROM $5""";

    private final String name;
    private final Database database;
    private final JournalReader journal;
    private final BooleanSupplier mine;
    private final Function<JournalReader.Window, Future<Void>> apply;
    private final Supplier<Future<Void>> rebuild;
    private final Metrics metrics;
    private long rebuildAt = System.nanoTime();

    /** @param epoch null for one that has just been registered, or that an operator wants to begin anew */
    private record Position(long fence, @Nullable UUID epoch) {}

    /** @param mine whether no other verticle of the cluster does it now */
    JournalFollower(
            String name,
            Database database,
            JournalReader journal,
            BooleanSupplier mine,
            Function<JournalReader.Window, Future<Void>> apply,
            Supplier<Future<Void>> rebuild,
            Metrics metrics) {
        this.name = name;
        this.database = database;
        this.journal = journal;
        this.mine = mine;
        this.apply = apply;
        this.rebuild = rebuild;
        this.metrics = metrics;
    }

    Future<Void> step() {
        if (!mine.getAsBoolean()) {
            return Future.succeededFuture();
        }
        return database.query(POSITION, Tuple.of(name)).compose(rows -> {
            if (rows.size() == 0) {
                return database.query(REGISTER, Tuple.of(name)).mapEmpty();
            }
            Row row = rows.iterator().next();
            return goOn(new Position(row.getLong("fence"), row.getUUID("epoch")));
        });
    }

    private Future<Void> goOn(Position position) {
        return journal.finalSince(position.fence()).compose(window -> {
            if (!mine.getAsBoolean()) {
                return Future.succeededFuture();
            }
            if (!window.epoch().equals(position.epoch()) || position.fence() < window.dropped()) {
                return beginAnew(position);
            }
            if (window.rows() == 0) {
                return Future.succeededFuture();
            }
            return apply.apply(window).compose(done -> advance(position, new Position(window.fence(), window.epoch())));
        });
    }

    private Future<Void> beginAnew(Position position) {
        if (System.nanoTime() - rebuildAt < 0) {
            return Future.succeededFuture();
        }
        if (position.epoch() != null) {
            LOG.error("follower {} was left behind by the journal or the epoch; it makes its work anew", name);
            metrics.followerRebuilt(name);
        }
        return journal.begin()
                .compose(beginning -> rebuild.get()
                        .compose(done -> advance(position, new Position(beginning.fence(), beginning.epoch()))))
                .onFailure(cause -> rebuildAt = System.nanoTime() + REBUILD_RETRY_NANOS);
    }

    private Future<Void> advance(Position from, Position to) {
        Tuple parameters = Tuple.of(name, to.fence(), to.epoch(), from.fence(), from.epoch());
        return database.query(ADVANCE, parameters).map(moved -> {
            if (moved.rowCount() == 0) {
                LOG.info("follower {} was moved on by another node meanwhile", name);
            }
            return null;
        });
    }
}

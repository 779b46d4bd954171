package io.parley.server.persistence;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of a {@link Lane}. Lives on one event loop. From the head of the queue it takes as many changes of the
 * same kind as fit into a call, so that nothing overtakes anything. Changes that yield wait in a queue of their own, and
 * have every other turn as long as others wait that came after them: however many they are, nobody waits for them longer
 * than a call.
 *
 * <p>A call that fails by the connection is made again as it is (all changes are idempotent by their ids) until
 * its patience is over; then it and everything queued behind it end as {@code unavailable}, because a change
 * must not be applied while one before it, from the same sender, was not. A call that fails for its data is halved
 * until the culprit is alone.
 */
final class LaneQueue implements Lane {
    private static final Logger LOG = LoggerFactory.getLogger(LaneQueue.class);

    private static final long FIRST_PAUSE_MS = 50;

    /** Beyond these, what a call costs for each change hardly falls any more. */
    private static final int ENOUGH = 32;

    /** A batch is published at once; one of more bytes would be more than a socket may hold. */
    private static final long MOST_BYTES = 256 * 1024;

    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final int capacity;
    private final long patienceMs;
    private final long gatherMs;
    private final Metrics metrics;
    private final ArrayDeque<Waiting<?, ?>> queue = new ArrayDeque<>();
    private final ArrayDeque<Waiting<?, ?>> yielding = new ArrayDeque<>();
    private long submitted;
    private boolean running;

    /** The last turn was that of those that yield. */
    private boolean yielded;

    /** @param place in the order in which all came */
    private record Waiting<C, R>(long place, Change<C, R> kind, C change, Promise<R> promise) {}

    private record Batch<C, R>(Change<C, R> kind, List<C> changes, List<Promise<R>> promises) {
        Batch<C, R> part(int from, int to) {
            return new Batch<>(kind, changes.subList(from, to), promises.subList(from, to));
        }
    }

    /**
     * @param database must give the raw failures of the driver
     * @param capacity changes that may wait; more are refused as {@code unavailable}
     * @param patienceMs how long a batch is tried again while the database is away
     * @param gatherMs how long a busy lane waits for more before its next call
     */
    LaneQueue(Vertx vertx, Database database, int capacity, long patienceMs, long gatherMs, Metrics metrics) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.database = database;
        this.capacity = capacity;
        this.patienceMs = patienceMs;
        this.gatherMs = gatherMs;
        this.metrics = metrics;
    }

    @Override
    public <C, R> Future<R> submit(Change<C, R> kind, C change) {
        if (waiting() >= capacity) {
            return Future.failedFuture(AppError.unavailable("Too many changes are waiting"));
        }
        Promise<R> promise = Promise.promise();
        (kind.yields() ? yielding : queue).add(new Waiting<>(submitted++, kind, change, promise));
        if (!running) {
            running = true;
            // Not at once: what else arrives in this turn of the loop goes into the same call.
            context.runOnContext(ignored -> next());
        }
        return promise.future();
    }

    int waiting() {
        return queue.size() + yielding.size();
    }

    private void next() {
        Waiting<?, ?> first = queue.peek();
        Waiting<?, ?> patient = yielding.peek();
        if (first == null && patient == null) {
            running = false;
            return;
        }
        long end = first == null ? Long.MAX_VALUE : first.place();
        yielded = first == null || (patient != null && patient.place() < end && !yielded);
        ArrayDeque<Waiting<?, ?>> turn = yielded ? yielding : queue;
        run(take(turn, turn.element(), yielded ? end : Long.MAX_VALUE));
    }

    private <C, R> void run(Batch<C, R> batch) {
        metrics.batch(batch.kind().name(), batch.changes().size());
        apply(batch).onComplete(ignored -> goOn(batch));
    }

    /**
     * The database works as hard for a call with one change as for one with ten. So a lane that is busy lets what is on
     * its way join; one that has been idle waits for nobody.
     */
    private void goOn(Batch<?, ?> last) {
        if (last.changes().size() > 1 && waiting() < ENOUGH) {
            vertx.setTimer(gatherMs, gathered -> next());
        } else {
            next();
        }
    }

    /** Takes the head and all that follow of the same kind before {@code end}, up to the limit or a repeated key. */
    private static <C, R> Batch<C, R> take(ArrayDeque<Waiting<?, ?>> from, Waiting<C, R> head, long end) {
        Change<C, R> kind = head.kind();
        List<C> changes = new ArrayList<>();
        List<Promise<R>> promises = new ArrayList<>();
        Set<Object> keys = new HashSet<>();
        long bytes = 0;
        while (changes.size() < kind.maxBatch() && bytes < MOST_BYTES) {
            Waiting<?, ?> candidate = from.peek();
            if (candidate == null
                    || candidate.place() >= end
                    || !candidate.kind().equals(kind)) {
                break;
            }
            @SuppressWarnings("unchecked") // same kind, hence the same types
            Waiting<C, R> waiting = (Waiting<C, R>) candidate;
            if (!keys.add(kind.key(waiting.change()))) {
                break;
            }
            from.remove();
            bytes += kind.bytes(waiting.change());
            changes.add(waiting.change());
            promises.add(waiting.promise());
        }
        return new Batch<>(kind, changes, promises);
    }

    /** Succeeds when each change has been answered for itself; fails when the lane was given up. */
    private <C, R> Future<Void> apply(Batch<C, R> batch) {
        return attempt(batch, System.nanoTime() + patienceMs * 1_000_000, FIRST_PAUSE_MS)
                .compose(results -> finish(batch, results), failure -> failed(batch, failure));
    }

    private <C, R> Future<List<R>> attempt(Batch<C, R> batch, long deadline, long pause) {
        return call(batch).recover(failure -> {
            boolean again =
                    SqlFailure.of(failure) == SqlFailure.CONNECTION && System.nanoTime() + pause * 1_000_000 < deadline;
            return again
                    ? vertx.timer(pause).compose(ignored -> attempt(batch, deadline, pause * 2))
                    : Future.failedFuture(failure);
        });
    }

    private <C, R> Future<List<R>> call(Batch<C, R> batch) {
        try {
            return batch.kind().apply(database, batch.changes()).map(results -> requireAll(batch, results));
        } catch (RuntimeException defect) {
            return Future.failedFuture(defect);
        }
    }

    private static <C, R> List<R> requireAll(Batch<C, R> batch, List<R> results) {
        if (results.size() != batch.changes().size()) {
            throw new IllegalStateException(
                    results.size() + " results of " + batch.changes().size() + " changes");
        }
        return results;
    }

    private static <C, R> Future<Void> finish(Batch<C, R> batch, List<R> results) {
        try {
            batch.kind().committed(batch.changes(), results);
        } catch (RuntimeException defect) {
            // They are committed: whatever this was, the senders get their acknowledgements and the journal repairs.
            LOG.error("{} was committed but not published", batch.kind().name(), defect);
        }
        for (int i = 0; i < results.size(); i++) {
            batch.promises().get(i).complete(results.get(i));
        }
        return Future.succeededFuture();
    }

    private <C, R> Future<Void> failed(Batch<C, R> batch, Throwable failure) {
        if (SqlFailure.of(failure) == SqlFailure.CONNECTION) {
            LOG.warn(
                    "{} of {} changes failed: {}",
                    batch.kind().name(),
                    batch.changes().size(),
                    failure.toString());
            AppError unavailable = AppError.unavailable("The database does not answer; the outcome is unknown");
            fail(batch, unavailable);
            failQueue(unavailable);
            return Future.failedFuture(unavailable);
        }
        int size = batch.changes().size();
        if (size == 1) {
            fail(batch, refusal(batch.kind().name(), failure));
            return Future.succeededFuture();
        }
        metrics.batchHalved(batch.kind().name());
        Batch<C, R> rest = batch.part(size / 2, size);
        return apply(batch.part(0, size / 2)).compose(ignored -> apply(rest), givenUp -> {
            fail(rest, givenUp);
            return Future.failedFuture(givenUp);
        });
    }

    private static AppError refusal(String kind, Throwable failure) {
        if (failure instanceof AppError known) {
            return known;
        }
        LOG.error("{} was refused by the database", kind, failure);
        return AppError.of(ErrorCode.INTERNAL);
    }

    private static <C, R> void fail(Batch<C, R> batch, Throwable cause) {
        batch.promises().forEach(promise -> promise.fail(cause));
    }

    private void failQueue(AppError unavailable) {
        List<Waiting<?, ?>> behind = new ArrayList<>(queue);
        behind.addAll(yielding);
        queue.clear();
        yielding.clear();
        behind.forEach(waiting -> waiting.promise().fail(unavailable));
    }
}

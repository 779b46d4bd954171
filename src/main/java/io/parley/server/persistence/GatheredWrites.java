package io.parley.server.persistence;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what is to be written for a moment, or while a call is under way, and writes much of it in one call. What says
 * the same thing anew is written once, and all who asked are answered with it. A call that the database does not answer
 * is made again for some seconds, so it must be harmless twice. Lives on one event loop.
 *
 * @param <Q> what is to be written
 * @param <R> what became of it
 */
public final class GatheredWrites<Q, R> {
    private static final Logger LOG = LoggerFactory.getLogger(GatheredWrites.class);

    private static final int MOST_AT_ONCE = 500;
    private static final long PATIENCE_MS = 5_000;
    private static final long FIRST_PAUSE_MS = 50;

    /** Together, beside what is under way; more is refused as {@code unavailable}. */
    static final long MOST_BYTES = 16 << 20;

    private final Vertx vertx;
    private final int capacity;
    private final Kind<Q, R> kind;
    private final Rounds rounds;
    private final Map<Object, Waiting<Q, R>> waiting = new LinkedHashMap<>();
    private int callers;
    private long bytes;

    /** What there is to write, and how. */
    public interface Kind<Q, R> {
        /** For the log, in the plural. */
        String name();

        /** Of several with equal keys only one is written. */
        Object key(Q asked);

        /** Which one. */
        Q merge(Q earlier, Q later);

        /** About how much it takes up while it waits. */
        default int bytes(Q asked) {
            return 0;
        }

        /** Writes in one transaction and says what became of each. */
        Future<List<R>> write(List<Q> batch);

        /** Called with what was written, before its callers are answered. */
        void committed(List<Q> batch, List<R> results);
    }

    private static final class Waiting<Q, R> {
        Q merged;
        final List<Promise<R>> callers = new ArrayList<>(1);

        Waiting(Q first) {
            this.merged = first;
        }
    }

    /**
     * @param gatherMs from the first until it is written
     * @param restMs from one call to the next: how often the same thing is written at most
     * @param capacity callers that may wait; more are refused as {@code unavailable}
     */
    public GatheredWrites(Vertx vertx, long gatherMs, long restMs, int capacity, Kind<Q, R> kind) {
        this.vertx = vertx;
        this.capacity = capacity;
        this.kind = kind;
        this.rounds = new Rounds(vertx, gatherMs, restMs, () -> !waiting.isEmpty(), this::round);
    }

    /** @return what became of it, or of what it was merged with, after the commit */
    public Future<R> submit(Q asked) {
        if (callers >= capacity || bytes + kind.bytes(asked) > MOST_BYTES) {
            return Future.failedFuture(AppError.unavailable("Too many " + kind.name() + " are waiting"));
        }
        Waiting<Q, R> entry = waiting.get(kind.key(asked));
        if (entry == null) {
            entry = new Waiting<>(asked);
            waiting.put(kind.key(asked), entry);
        } else {
            bytes -= kind.bytes(entry.merged);
            entry.merged = kind.merge(entry.merged, asked);
        }
        bytes += kind.bytes(entry.merged);
        Promise<R> promise = Promise.promise();
        entry.callers.add(promise);
        callers++;
        rounds.wake();
        return promise.future();
    }

    private Future<?> round() {
        List<Waiting<Q, R>> batch = take();
        List<Q> asked = batch.stream().map(entry -> entry.merged).toList();
        return attempt(asked, System.nanoTime() + PATIENCE_MS * 1_000_000, FIRST_PAUSE_MS)
                .onSuccess(results -> finish(batch, asked, results))
                .onFailure(cause -> fail(batch, cause));
    }

    private List<Waiting<Q, R>> take() {
        List<Waiting<Q, R>> batch = new ArrayList<>();
        Iterator<Waiting<Q, R>> oldest = waiting.values().iterator();
        while (oldest.hasNext() && batch.size() < MOST_AT_ONCE) {
            Waiting<Q, R> entry = oldest.next();
            oldest.remove();
            batch.add(entry);
            callers -= entry.callers.size();
            bytes -= kind.bytes(entry.merged);
        }
        return batch;
    }

    private Future<List<R>> attempt(List<Q> asked, long deadline, long pause) {
        return Future.succeededFuture(asked).compose(kind::write).recover(failure -> {
            boolean again = failure instanceof AppError known
                    && known.code() == ErrorCode.UNAVAILABLE
                    && System.nanoTime() + pause * 1_000_000 < deadline;
            return again
                    ? vertx.timer(pause).compose(ignored -> attempt(asked, deadline, pause * 2))
                    : Future.failedFuture(failure);
        });
    }

    private void finish(List<Waiting<Q, R>> batch, List<Q> asked, List<R> results) {
        try {
            kind.committed(asked, results);
        } catch (RuntimeException defect) {
            // It is committed: the callers get their answer and the journal repairs.
            LOG.error("{} were written but not published", kind.name(), defect);
        }
        for (int i = 0; i < batch.size(); i++) {
            R result = results.get(i);
            batch.get(i).callers.forEach(caller -> caller.complete(result));
        }
    }

    private void fail(List<Waiting<Q, R>> batch, Throwable cause) {
        LOG.warn("{} {} were not written: {}", batch.size(), kind.name(), cause.toString());
        AppError answer = cause instanceof AppError known ? known : AppError.of(ErrorCode.INTERNAL);
        batch.forEach(entry -> entry.callers.forEach(caller -> caller.fail(answer)));
    }
}

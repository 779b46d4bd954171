package io.parley.features.receipts;

import io.parley.bus.Nothing;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
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
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers marks for a moment, or while a call is under way, and writes many in one. Of marks of one person in one
 * conversation only the highest is written, and all who asked are answered with it. A call that the database does not
 * answer is made again for some seconds: a mark may be moved twice. Lives on one event loop.
 */
final class MarkWriter {
    private static final Logger LOG = LoggerFactory.getLogger(MarkWriter.class);

    private static final long GATHER_MS = 20;
    private static final int MOST_AT_ONCE = 500;
    private static final long PATIENCE_MS = 5_000;
    private static final long FIRST_PAUSE_MS = 50;

    private final Vertx vertx;
    private final int capacity;
    private final Function<List<MarkUpTo>, Future<List<MarkStore.Moved>>> write;
    private final BiConsumer<List<MarkUpTo>, List<MarkStore.Moved>> committed;
    private final Rounds rounds;
    private final Map<Key, Waiting> waiting = new LinkedHashMap<>();
    private int callers;

    private record Key(UUID conversation, UUID user, Kind kind) {}

    private static final class Waiting {
        MarkUpTo highest;
        final List<Promise<Nothing>> callers = new ArrayList<>(1);

        Waiting(MarkUpTo first) {
            this.highest = first;
        }
    }

    /**
     * @param capacity callers that may wait; more are refused as {@code unavailable}
     * @param write writes marks in one transaction and says what became of each
     * @param committed called with what was written, before its callers are answered
     */
    MarkWriter(
            Vertx vertx,
            int capacity,
            Function<List<MarkUpTo>, Future<List<MarkStore.Moved>>> write,
            BiConsumer<List<MarkUpTo>, List<MarkStore.Moved>> committed) {
        this.vertx = vertx;
        this.capacity = capacity;
        this.write = write;
        this.committed = committed;
        this.rounds = new Rounds(vertx, GATHER_MS, () -> !waiting.isEmpty(), this::round);
    }

    /** @return done when the mark, or a higher one, is committed; {@code not_found} for who is not a member */
    Future<Nothing> mark(MarkUpTo asked) {
        if (callers >= capacity) {
            return Future.failedFuture(AppError.unavailable("Too many marks are waiting"));
        }
        Waiting mark = waiting.computeIfAbsent(
                new Key(asked.conversation(), asked.user(), asked.kind()), key -> new Waiting(asked));
        if (asked.number() > mark.highest.number()) {
            mark.highest = asked;
        }
        Promise<Nothing> promise = Promise.promise();
        mark.callers.add(promise);
        callers++;
        rounds.wake();
        return promise.future();
    }

    private Future<?> round() {
        List<Waiting> batch = take();
        List<MarkUpTo> marks = batch.stream().map(mark -> mark.highest).toList();
        return attempt(marks, System.nanoTime() + PATIENCE_MS * 1_000_000, FIRST_PAUSE_MS)
                .onSuccess(results -> finish(batch, marks, results))
                .onFailure(cause -> fail(batch, cause));
    }

    private List<Waiting> take() {
        List<Waiting> batch = new ArrayList<>();
        Iterator<Waiting> oldest = waiting.values().iterator();
        while (oldest.hasNext() && batch.size() < MOST_AT_ONCE) {
            Waiting mark = oldest.next();
            oldest.remove();
            batch.add(mark);
            callers -= mark.callers.size();
        }
        return batch;
    }

    private Future<List<MarkStore.Moved>> attempt(List<MarkUpTo> marks, long deadline, long pause) {
        return Future.succeededFuture(marks).compose(write).recover(failure -> {
            boolean again = failure instanceof AppError known
                    && known.code() == ErrorCode.UNAVAILABLE
                    && System.nanoTime() + pause * 1_000_000 < deadline;
            return again
                    ? vertx.timer(pause).compose(ignored -> attempt(marks, deadline, pause * 2))
                    : Future.failedFuture(failure);
        });
    }

    private void finish(List<Waiting> batch, List<MarkUpTo> marks, List<MarkStore.Moved> results) {
        try {
            committed.accept(marks, results);
        } catch (RuntimeException defect) {
            // It is committed: the callers get their answer and the journal repairs.
            LOG.error("marks were written but not published", defect);
        }
        for (int i = 0; i < batch.size(); i++) {
            boolean found = !results.get(i).outcome().equals("not_found");
            for (Promise<Nothing> caller : batch.get(i).callers) {
                if (found) {
                    caller.complete(Nothing.NOTHING);
                } else {
                    caller.fail(AppError.notFound());
                }
            }
        }
    }

    private static void fail(List<Waiting> batch, Throwable cause) {
        LOG.warn("{} marks were not written: {}", batch.size(), cause.toString());
        AppError answer = cause instanceof AppError known ? known : AppError.of(ErrorCode.INTERNAL);
        batch.forEach(mark -> mark.callers.forEach(caller -> caller.fail(answer)));
    }
}

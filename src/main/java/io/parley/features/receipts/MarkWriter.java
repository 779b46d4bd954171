package io.parley.features.receipts;

import io.parley.bus.Nothing;
import io.parley.features.receipts.MarkStore.Moved;
import io.parley.features.receipts.ReceiptActions.Kind;
import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.server.persistence.GatheredWrites;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Gathers marks for a moment and writes many in one call: of marks of one person in one conversation only the highest.
 * Lives on one event loop.
 */
final class MarkWriter {
    private static final long GATHER_MS = 20;

    private final GatheredWrites<MarkUpTo, Moved> writes;

    /**
     * @param capacity callers that may wait; more are refused as {@code unavailable}
     * @param write writes marks in one transaction and says what became of each
     * @param committed called with what was written, before its callers are answered
     */
    MarkWriter(
            Vertx vertx,
            int capacity,
            Function<List<MarkUpTo>, Future<List<Moved>>> write,
            BiConsumer<List<MarkUpTo>, List<Moved>> committed) {
        this.writes = new GatheredWrites<>(vertx, GATHER_MS, 0, capacity, new Marks(write, committed));
    }

    private record Key(UUID conversation, UUID user, Kind kind) {}

    private record Marks(
            Function<List<MarkUpTo>, Future<List<Moved>>> writing, BiConsumer<List<MarkUpTo>, List<Moved>> telling)
            implements GatheredWrites.Kind<MarkUpTo, Moved> {
        @Override
        public String name() {
            return "marks";
        }

        @Override
        public Object key(MarkUpTo mark) {
            return new Key(mark.conversation(), mark.user(), mark.kind());
        }

        @Override
        public MarkUpTo merge(MarkUpTo earlier, MarkUpTo later) {
            return later.number() > earlier.number() ? later : earlier;
        }

        @Override
        public Future<List<Moved>> write(List<MarkUpTo> marks) {
            return writing.apply(marks);
        }

        @Override
        public void committed(List<MarkUpTo> marks, List<Moved> results) {
            telling.accept(marks, results);
        }
    }

    /** @return done when the mark, or a higher one, is committed; {@code not_found} for who is not a member */
    Future<Nothing> mark(MarkUpTo asked) {
        return writes.submit(asked).map(moved -> {
            if (moved.outcome().equals("not_found")) {
                throw AppError.notFound();
            }
            return Nothing.NOTHING;
        });
    }
}

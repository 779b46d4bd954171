package io.parley.features.receipts;

import io.parley.features.receipts.ReceiptActions.Sent;
import io.parley.server.persistence.Rounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the read marks of people who send, in the background. Messages of one person that follow each other are one run,
 * which is one row to write. Nothing is wrong when a run is lost, because own messages never count as unread, only
 * counting takes longer: so there is a bound to what waits, and a call that fails is not made again. Lives on one event
 * loop.
 */
final class OwnMarks {
    private static final Logger LOG = LoggerFactory.getLogger(OwnMarks.class);

    private static final long GATHER_MS = 100;
    private static final int MOST_AT_ONCE = 500;

    private final int capacity;
    private final Function<List<Run>, Future<Void>> write;
    private final Rounds rounds;
    private final Deque<Run> waiting = new ArrayDeque<>();
    private final Map<UUID, Run> growing = new HashMap<>();

    /** Messages of one person that no other message that counts interrupts. */
    static final class Run {
        final UUID conversation;
        final UUID user;
        final long firstCounted;
        long lastCounted;
        long lastNumber;

        Run(Sent first) {
            this.conversation = first.conversation();
            this.user = first.user();
            this.firstCounted = first.counted();
            grow(first);
        }

        final void grow(Sent next) {
            lastCounted = next.counted();
            lastNumber = next.number();
        }

        boolean followedBy(Sent next) {
            return user.equals(next.user()) && lastCounted + 1 == next.counted();
        }
    }

    /**
     * @param capacity runs that may wait; more are dropped
     * @param write writes runs in one transaction
     */
    OwnMarks(Vertx vertx, int capacity, Function<List<Run>, Future<Void>> write) {
        this.capacity = capacity;
        this.write = write;
        this.rounds = new Rounds(vertx, GATHER_MS, 0, () -> !waiting.isEmpty(), this::round);
    }

    void sent(Sent message) {
        Run run = growing.get(message.conversation());
        if (run != null && run.followedBy(message)) {
            run.grow(message);
        } else if (waiting.size() < capacity) {
            Run next = new Run(message);
            waiting.add(next);
            growing.put(message.conversation(), next);
            rounds.wake();
        }
    }

    private Future<?> round() {
        List<Run> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < MOST_AT_ONCE) {
            Run run = waiting.remove();
            growing.remove(run.conversation, run);
            batch.add(run);
        }
        return Future.succeededFuture(batch)
                .compose(write)
                .onFailure(cause -> LOG.warn("marks of {} senders were not moved: {}", batch.size(), cause.toString()));
    }
}

package io.parley.server.persistence;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * When to work off what gathers: a moment after the first has come, then one round after the other, as long as there is
 * anything. What comes during a round belongs to the next, so that rounds grow with load. Lives on one event loop.
 */
public final class Rounds {
    private final Vertx vertx;
    private final long gatherMs;
    private final long restMs;
    private final BooleanSupplier waiting;
    private final Supplier<? extends Future<?>> round;
    private boolean running;

    /**
     * @param gatherMs from the first to the first round
     * @param restMs between rounds
     * @param waiting whether there is anything to do
     * @param round works off a part of it; its failure is its own matter
     */
    public Rounds(
            Vertx vertx, long gatherMs, long restMs, BooleanSupplier waiting, Supplier<? extends Future<?>> round) {
        this.vertx = vertx;
        this.gatherMs = gatherMs;
        this.restMs = restMs;
        this.waiting = waiting;
        this.round = round;
    }

    /** There is something to do. */
    public void wake() {
        if (!running) {
            running = true;
            vertx.setTimer(gatherMs, ignored -> next());
        }
    }

    private void next() {
        running = waiting.getAsBoolean();
        if (running) {
            round.get().onComplete(ignored -> rest());
        }
    }

    private void rest() {
        if (restMs == 0) {
            next();
        } else {
            vertx.setTimer(restMs, ignored -> next());
        }
    }
}

package io.parley.bus;

import io.parley.support.AppError;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Where requests with a conversation as key go: to the lane of this node that owns it, or, when the node has none, to
 * another node's. All requests for one conversation go the same way, in their order.
 *
 * <p>When the way changes (lanes added or taken away, nodes come or gone), new requests wait until all under way have
 * ended, so that none overtakes one before it. A request whose asker has gone never ends, because its answer finds
 * nobody; so the wait is over when even the last one must have been given up. Called from any thread.
 */
final class Lanes {
    /** More than may wait in the lanes themselves. */
    private static final int MOST_WAITING = 100_000;

    private final Vertx vertx;
    private final long patienceMs;

    /** Of no verticle, so that it does not end with one. */
    private final Context context;

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private Way way = new Way(0, List.of());
    private Promise<Void> changed = Promise.promise();
    private boolean changing;
    private Way next = way;
    private Generation generation = new Generation();

    /**
     * @param local lanes on this node
     * @param nodes that have lanes, for when this one has none; in an order that all requests share
     */
    record Way(int local, List<String> nodes) {
        boolean exists() {
            return local > 0 || !nodes.isEmpty();
        }

        /** The same on every call as long as the number of lanes stays. */
        int lane(UUID key) {
            return Math.floorMod(key.hashCode() * 0x9E3779B9, local);
        }

        String node(UUID key) {
            return nodes.get(Math.floorMod(key.hashCode() * 0x9E3779B9, nodes.size()));
        }
    }

    /** The requests between two changes of the way. */
    private static final class Generation {
        int underWay;
    }

    /**
     * Must be made outside of verticles.
     *
     * @param patienceMs after which a request is given up, for whoever has made it
     */
    Lanes(Vertx vertx, long patienceMs) {
        this.vertx = vertx;
        this.patienceMs = patienceMs;
        this.context = vertx.getOrCreateContext();
    }

    /** Runs a request on the way of now, or, while the way changes, on the next one. */
    <T> Future<T> run(Function<Way, Future<T>> request) {
        Promise<T> promise = null;
        Generation mine;
        synchronized (this) {
            mine = generation;
            if (!changing) {
                mine.underWay++;
            } else if (waiting.size() < MOST_WAITING) {
                promise = waiting(request);
            } else {
                return Future.failedFuture(AppError.unavailable("Too many changes are waiting"));
            }
        }
        return promise == null ? started(mine, request) : promise.future();
    }

    private <T> Promise<T> waiting(Function<Way, Future<T>> request) {
        var caller = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        waiting.add(() -> started(generation, request)
                .onComplete((result, failure) -> caller.runOnContext(back -> promise.complete(result, failure))));
        return promise;
    }

    private <T> Future<T> started(Generation mine, Function<Way, Future<T>> request) {
        Future<T> answer;
        try {
            answer = way().exists()
                    ? request.apply(way())
                    : Future.failedFuture(AppError.unavailable("No node that writes is there"));
        } catch (RuntimeException defect) {
            answer = Future.failedFuture(defect);
        }
        return answer.onComplete(ended -> ended(mine));
    }

    synchronized Way way() {
        return way;
    }

    private synchronized void ended(Generation its) {
        its.underWay--;
        if (its == generation && its.underWay == 0) {
            settle();
        }
    }

    /** @return completes when requests go the new way and none is under way on the old one */
    synchronized Future<Void> change(Way to) {
        if (to.equals(changing ? next : way)) {
            return changing ? changed.future() : Future.succeededFuture();
        }
        if (!changing) {
            changed = Promise.promise();
            changing = true;
            Generation last = generation;
            context.runOnContext(ignored -> vertx.setTimer(patienceMs, late -> giveUp(last)));
        }
        next = to;
        Future<Void> done = changed.future();
        if (generation.underWay == 0) {
            settle();
        }
        return done;
    }

    private synchronized void giveUp(Generation last) {
        if (last == generation) {
            settle();
        }
    }

    /** Those that have waited are started under the lock, so that no newer one overtakes them. */
    private void settle() {
        if (changing) {
            way = next;
            changing = false;
            generation = new Generation();
            generation.underWay = waiting.size();
            Promise<Void> done = changed;
            for (Runnable request = waiting.poll(); request != null; request = waiting.poll()) {
                request.run();
            }
            done.complete();
        }
    }
}

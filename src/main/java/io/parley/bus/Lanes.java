package io.parley.bus;

import io.netty.channel.EventLoop;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where requests with a conversation as key go: to the lane of this node that owns it, or, when the node has none, to
 * another node's. All requests for one conversation go the same way, in their order.
 *
 * <p>When the way changes (lanes added or taken away, nodes come or gone), new requests wait until all under way have
 * ended, so that none overtakes one before it. Each ends: with its answer, or with its timeout. Called from any thread.
 */
final class Lanes {
    /** More than may wait in the lanes themselves. */
    private static final int MOST_WAITING = 100_000;

    private final VertxInternal vertx;
    private final Map<EventLoop, ContextInternal> nobodys = new ConcurrentHashMap<>();
    private final ArrayDeque<Consumer<Generation>> waiting = new ArrayDeque<>();
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

    Lanes(Vertx vertx) {
        this.vertx = (VertxInternal) vertx;
    }

    /** Runs a request on the way of now, or, while the way changes, on the next one; answers on the calling context. */
    <T> Future<T> run(Function<Way, Future<T>> request) {
        ContextInternal caller = vertx.getOrCreateContext();
        Promise<T> promise = caller.promise();
        Generation mine;
        synchronized (this) {
            if (changing) {
                if (waiting.size() == MOST_WAITING) {
                    return Future.failedFuture(AppError.unavailable("Too many changes are waiting"));
                }
                waiting.add(next -> start(next, caller, request, promise));
                return promise.future();
            }
            mine = generation;
            mine.underWay++;
        }
        start(mine, caller, request, promise);
        return promise.future();
    }

    private <T> void start(
            Generation its, ContextInternal caller, Function<Way, Future<T>> request, Promise<T> promise) {
        ContextInternal asker = nobodys(caller.nettyEventLoop());
        ContextInternal before = asker.beginDispatch();
        try {
            ask(request).onComplete((result, failure) -> {
                ended(its);
                promise.complete(result, failure);
            });
        } finally {
            asker.endDispatch(before);
        }
    }

    /**
     * Vert.x forgets what a verticle has asked when the verticle ends, the timeout with it, and the request would be
     * under way for ever; so requests are made in the name of nobody's verticle.
     */
    private ContextInternal nobodys(EventLoop loop) {
        return nobodys.computeIfAbsent(
                loop,
                absent -> vertx.contextBuilder()
                        .withThreadingModel(ThreadingModel.EVENT_LOOP)
                        .withEventLoop(loop)
                        .build());
    }

    private <T> Future<T> ask(Function<Way, Future<T>> request) {
        Way now = way();
        try {
            return now.exists()
                    ? request.apply(now)
                    : Future.failedFuture(AppError.unavailable("No node that writes is there"));
        } catch (RuntimeException defect) {
            return Future.failedFuture(defect);
        }
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
        }
        next = to;
        Future<Void> done = changed.future();
        if (generation.underWay == 0) {
            settle();
        }
        return done;
    }

    /** Those that have waited are started under the lock, so that no newer one overtakes them. */
    private void settle() {
        if (changing) {
            way = next;
            changing = false;
            generation = new Generation();
            generation.underWay = waiting.size();
            Promise<Void> done = changed;
            for (Consumer<Generation> start = waiting.poll(); start != null; start = waiting.poll()) {
                start.accept(generation);
            }
            done.complete();
        }
    }
}

package io.parley.bus;

import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests to other nodes that have no answer yet. When a node is gone, what was asked of it fails as
 * {@code unavailable}, done or not; by itself Vert.x would let it wait for its timeout. Used from any thread.
 */
final class Outstanding {
    /** Which node was asked is not known here. */
    private static final String ANY = "";

    private final Vertx vertx;
    private final Map<String, Set<Promise<?>>> asked = new ConcurrentHashMap<>();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    Outstanding(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The answer of one node, on the calling context. */
    <T> Future<T> of(String node, Future<T> reply) {
        Promise<T> answer = ((ContextInternal) vertx.getOrCreateContext()).promise();
        Set<Promise<?>> others = asked.computeIfAbsent(node, first -> ConcurrentHashMap.newKeySet());
        others.add(answer);
        if (gone.contains(node)) {
            fail(others);
        }
        reply.onComplete((result, failure) -> {
            others.remove(answer);
            if (failure == null) {
                answer.tryComplete(result);
            } else {
                answer.tryFail(failure);
            }
        });
        return answer.future();
    }

    /** The answer of whichever node Vert.x has chosen, on the calling context. */
    <T> Future<T> ofAny(Future<T> reply) {
        return of(ANY, reply);
    }

    /** What was asked of no node in particular fails with it: that it was another one is not known. */
    void left(String node) {
        gone.add(node);
        fail(asked.remove(node));
        forgetAny();
    }

    /** What was asked of no node in particular fails. */
    void forgetAny() {
        fail(asked.remove(ANY));
    }

    /** A node that was gone is there again. */
    void back(String node) {
        gone.remove(node);
    }

    private static void fail(@Nullable Set<Promise<?>> promises) {
        if (promises != null) {
            promises.forEach(promise -> promise.tryFail(AppError.unavailable("The node that was asked is gone")));
        }
    }
}

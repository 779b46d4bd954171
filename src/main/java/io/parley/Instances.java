package io.parley;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The verticles of one kind on this node. One after another they come, the newest goes first, and one change is made
 * at a time.
 *
 * @param <V> the kind
 */
final class Instances<V extends Deployable> {
    private final Vertx vertx;
    private final IntFunction<V> make;
    private final Hooks<V> hooks;
    private final ArrayDeque<Running<V>> running = new ArrayDeque<>();
    private Future<Void> last = Future.succeededFuture();
    private @Nullable Future<?> begun;
    private volatile boolean ending;
    private volatile int size;
    private int made;

    private record Running<V>(String deployment, V verticle) {}

    /**
     * What is done around a change.
     *
     * @param before the first one comes; asked again if it fails
     * @param resized there are more, or are about to be fewer; completes when work goes to these only
     * @param drain one is about to go
     */
    record Hooks<V>(Supplier<Future<?>> before, IntFunction<Future<Void>> resized, Function<V, Future<Void>> drain) {
        static <V> Hooks<V> none() {
            return new Hooks<>(
                    Future::succeededFuture, size -> Future.succeededFuture(), gone -> Future.succeededFuture());
        }

        Hooks<V> first(Supplier<Future<?>> does) {
            return new Hooks<>(does, resized, drain);
        }

        Hooks<V> onResize(IntFunction<Future<Void>> does) {
            return new Hooks<>(before, does, drain);
        }

        Hooks<V> onLeave(Function<V, Future<Void>> does) {
            return new Hooks<>(before, resized, does);
        }
    }

    /** @param make gets a number that no other instance of this run of the node has had */
    Instances(Vertx vertx, IntFunction<V> make, Hooks<V> hooks) {
        this.vertx = vertx;
        this.make = make;
        this.hooks = hooks;
    }

    int size() {
        return size;
    }

    synchronized List<V> verticles() {
        return running.stream().map(Running::verticle).toList();
    }

    /** After all changes asked for before, whatever became of them. */
    synchronized Future<Void> resize(int wanted) {
        last = last.transform(before -> step(wanted));
        return last;
    }

    private Future<Void> step(int wanted) {
        if (size == wanted || ending) {
            return Future.succeededFuture();
        }
        return (size < wanted ? add() : remove()).compose(done -> step(wanted));
    }

    private Future<Void> add() {
        return begun().compose(ready -> deploy(make.apply(made())))
                .compose(started -> hooks.resized().apply(size));
    }

    private Future<Void> deploy(V verticle) {
        return vertx.deployVerticle(verticle).map(id -> {
            push(new Running<>(id, verticle));
            return null;
        });
    }

    /** What comes before the first one; if it fails, before the next attempt. */
    private synchronized Future<?> begun() {
        if (begun == null || begun.failed()) {
            begun = hooks.before().get();
        }
        return begun;
    }

    private synchronized int made() {
        return made++;
    }

    private synchronized void push(Running<V> started) {
        running.addLast(started);
        size = running.size();
    }

    private Future<Void> remove() {
        Running<V> newest = pop();
        return hooks.resized()
                .apply(size)
                .transform(moved -> hooks.drain().apply(newest.verticle()))
                .transform(drained -> vertx.undeploy(newest.deployment()));
    }

    private synchronized Running<V> pop() {
        Running<V> newest = running.removeLast();
        size = running.size();
        return newest;
    }

    /** Lets all go at once, without the way of {@link #resize}, after a step that is under way: the node stops. */
    synchronized Future<Void> undeploy() {
        ending = true;
        last = last.transform(before -> undeployAll());
        return last;
    }

    private Future<Void> undeployAll() {
        List<Future<Void>> gone = new ArrayList<>();
        synchronized (this) {
            while (!running.isEmpty()) {
                gone.add(vertx.undeploy(running.removeLast().deployment()));
            }
        }
        return Future.join(gone).mapEmpty();
    }
}

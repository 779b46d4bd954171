package io.parley.server.presence;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Gathers for a moment what is to be told to all nodes; of several states of one thing only the newest is. Lives on one
 * event loop.
 *
 * @param <T> a state of something
 */
public final class Gathering<T> {
    private static final long GATHER_MS = 250;
    private static final int MOST_AT_ONCE = 1_000;

    private final Vertx vertx;
    private final Function<T, ?> of;
    private final BinaryOperator<T> newer;
    private final Consumer<List<T>> publish;
    private final Map<Object, T> waiting = new LinkedHashMap<>();

    /**
     * @param of what it is a state of
     * @param newer of two states of the same, the first of which came first
     */
    public Gathering(Vertx vertx, Function<T, ?> of, BinaryOperator<T> newer, Consumer<List<T>> publish) {
        this.vertx = vertx;
        this.of = of;
        this.newer = newer;
        this.publish = publish;
    }

    public void add(List<T> changed) {
        if (waiting.isEmpty() && !changed.isEmpty()) {
            vertx.setTimer(GATHER_MS, due -> tell());
        }
        changed.forEach(one -> waiting.merge(of.apply(one), one, newer));
    }

    private void tell() {
        List<T> all = new ArrayList<>(waiting.values());
        waiting.clear();
        for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
            publish.accept(List.copyOf(all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE))));
        }
    }
}

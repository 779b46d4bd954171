package io.parley.loadtest.client;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sends of one person that have no answer yet, in their order, for clients that say them once more after a break.
 * Safe on any thread.
 */
final class Outbox {
    private final Set<Integer> waiting = new LinkedHashSet<>();

    synchronized void add(int send) {
        waiting.add(send);
    }

    synchronized void answered(int send) {
        waiting.remove(send);
    }

    synchronized void clear() {
        waiting.clear();
    }

    synchronized List<Integer> waiting() {
        return List.copyOf(waiting);
    }
}

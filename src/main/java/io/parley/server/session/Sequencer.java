package io.parley.server.session;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Puts numbered events into order: delivers position + 1, drops what is older, holds what is newer. What it holds is
 * bounded; beyond that the newest are dropped, because whoever is told to read the gap anew reads them as well.
 *
 * <p>Until the position is known everything is held. Not thread-safe: belongs to the hub's context.
 */
final class Sequencer<T> {
    private static final long UNKNOWN = -1;
    private static final int MOST_HELD = 1024;

    private final TreeMap<Long, T> held = new TreeMap<>();
    private long position = UNKNOWN;

    /** Takes an event and delivers it and all that it makes deliverable, in order. */
    void offer(long version, T event, Consumer<T> deliver) {
        if (position != UNKNOWN && version <= position) {
            return;
        }
        if (position != UNKNOWN && version == position + 1) {
            position = version;
            deliver.accept(event);
            release(deliver);
            return;
        }
        held.put(version, event);
        if (held.size() > MOST_HELD) {
            held.pollLastEntry();
        }
    }

    /** Everything up to {@code version} is known in another way: drops it and delivers what follows. */
    void advanceTo(long version, Consumer<T> deliver) {
        if (version <= position) {
            return;
        }
        position = version;
        held.headMap(version, true).clear();
        release(deliver);
    }

    private void release(Consumer<T> deliver) {
        for (Map.Entry<Long, T> first = held.firstEntry();
                first != null && first.getKey() == position + 1;
                first = held.firstEntry()) {
            held.pollFirstEntry();
            position = first.getKey();
            deliver.accept(first.getValue());
        }
    }

    boolean known() {
        return position != UNKNOWN;
    }

    /** The last version delivered or otherwise known; -1 before the first. */
    long position() {
        return position;
    }

    /** Whether something newer waits for what is lacking. */
    boolean gap() {
        return position != UNKNOWN && !held.isEmpty();
    }
}

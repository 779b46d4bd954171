package io.parley.server.session;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Puts numbered events into order: delivers position + 1, drops what is older, holds what is newer. What it holds is
 * bounded; beyond that the newest are dropped, because whoever is told to read the gap anew reads them as well.
 *
 * <p>Until the position is known everything is held. It may go back for somebody who knows less than all others: what
 * lies between is lacking once more. Not thread-safe: belongs to the hub's context.
 */
final class Sequencer<T> {
    private static final long UNKNOWN = -1;
    private static final int MOST_HELD = 1024;

    private final TreeMap<Long, T> held = new TreeMap<>();
    private long position = UNKNOWN;

    /** What is above it is delivered here; what is not was known to all when they came. */
    private long start = UNKNOWN;

    /** The highest position so far. */
    private long reached = UNKNOWN;

    /**
     * Takes an event and delivers it and all that it makes deliverable, in order.
     *
     * @return whether it belongs before what is lacking: those who sent it may still bring the rest
     */
    boolean offer(long version, T event, Consumer<T> deliver) {
        if (position != UNKNOWN && version <= position) {
            return true;
        }
        if (position != UNKNOWN && version == position + 1) {
            moveTo(version);
            deliver.accept(event);
            release(deliver);
            return true;
        }
        held.put(version, event);
        if (held.size() > MOST_HELD) {
            held.pollLastEntry();
        }
        return false;
    }

    private void moveTo(long version) {
        position = version;
        reached = Math.max(reached, version);
    }

    /**
     * Somebody who has heard all since then has the state of this version; the first of them all sets the position.
     *
     * @return whether everything above it is delivered; else he must come with a newer state
     */
    boolean startAt(long version, Consumer<T> deliver) {
        if (position == UNKNOWN) {
            start = version;
            advanceTo(version, deliver);
        }
        return version >= start;
    }

    /**
     * Somebody who has the state of this version comes late and has heard nothing of what is above it. Those who begin
     * with an older state than the first of all are not helped by it: they may have heard what is newer already.
     */
    void goBackTo(long version) {
        position = Math.min(position, version);
    }

    /** Whether this version is among those that were delivered here. */
    boolean delivered(long version) {
        return version > start && version <= position;
    }

    /** Everything up to {@code version} is known in another way: drops it and delivers what follows. */
    void advanceTo(long version, Consumer<T> deliver) {
        if (version <= position) {
            return;
        }
        moveTo(version);
        held.headMap(version, true).clear();
        release(deliver);
    }

    private void release(Consumer<T> deliver) {
        for (Map.Entry<Long, T> first = held.firstEntry();
                first != null && first.getKey() == position + 1;
                first = held.firstEntry()) {
            held.pollFirstEntry();
            moveTo(first.getKey());
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

    /** Whether something newer waits for what is lacking, or was there already. */
    boolean gap() {
        return position != UNKNOWN && (!held.isEmpty() || position < reached);
    }
}

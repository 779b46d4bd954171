package io.parley.loadtest.check;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which place each send has got, as the first to hear of it said: the sender by the acknowledgement, or any receiver.
 * Everybody else must say the same. Safe on any thread.
 */
public final class Ledger {
    private static final long UNKNOWN = 0;

    private final AtomicLongArray places;
    private final Set<Integer> repeated = ConcurrentHashMap.newKeySet();
    private final boolean shared;
    private volatile int sent;

    /** @param shared whether other processes send too: then nobody here knows how far they have got */
    public Ledger(int count, boolean shared) {
        places = new AtomicLongArray(count);
        this.shared = shared;
    }

    /** A send leaves once more, with the same ids, because its outcome is unknown. */
    public void repeat(int index) {
        repeated.add(index);
    }

    /** Whether it has left more than once: then it may have been overtaken by a later one of the same person. */
    public boolean wasRepeated(int index) {
        return !repeated.isEmpty() && repeated.contains(index);
    }

    /** @param count sends that have left, or leave now; from one thread only */
    public void sent(int count) {
        sent = count;
    }

    public boolean wasSent(int index) {
        return shared || index < sent;
    }

    /** Whether this is the place known so far, or the first to be known. */
    public boolean agrees(int index, long version, long number) {
        long place = version << 32 | number;
        long known = places.get(index);
        return known == place
                || (known == UNKNOWN && (places.compareAndSet(index, UNKNOWN, place) || places.get(index) == place));
    }

    /** Whether anybody has heard that the send was committed. */
    public boolean committed(int index) {
        return places.get(index) != UNKNOWN;
    }
}

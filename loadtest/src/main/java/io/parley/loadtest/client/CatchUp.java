package io.parley.loadtest.client;

import io.parley.loadtest.check.InvariantCheck.Arrival;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session that has come back still waits for: answers to the changes that it has asked for, by slot, and the
 * events that have come meanwhile. Belongs to the thread of the session.
 */
final class CatchUp {
    private final Map<Integer, List<Kept>> awaited = new HashMap<>();
    private boolean begun;

    /** @param arrival null: none of this step */
    record Kept(long version, @Nullable Arrival arrival) {}

    void await(int slot) {
        awaited.putIfAbsent(slot, new ArrayList<>());
    }

    /** All rooms that have changed are known, and {@link #await}ed. */
    void begin() {
        begun = true;
    }

    /** Until the server has told what has changed, everything may have. */
    boolean awaits(int slot) {
        return !begun || awaited.containsKey(slot);
    }

    void keep(int slot, Kept kept) {
        awaited.computeIfAbsent(slot, any -> new ArrayList<>()).add(kept);
    }

    /** What was kept for a slot, which goes on waiting with nothing kept. */
    List<Kept> take(int slot) {
        List<Kept> kept = awaited.put(slot, new ArrayList<>());
        return kept == null ? List.of() : kept;
    }

    /** @return whether it was the last */
    boolean done(int slot) {
        awaited.remove(slot);
        return awaited.isEmpty();
    }
}

package io.parley.features.locations;

import io.parley.features.locations.LocationActions.Move;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Holds everybody to one place in a time for each message. Remembers no longer than that. Lives on one event loop. */
final class MovePace {
    private final long everyNanos;
    private final Map<Mover, Long> last = new LinkedHashMap<>();

    private record Mover(UUID message, UUID actor) {}

    MovePace(long everyNanos) {
        this.everyNanos = everyNanos;
    }

    /** @return 0 when it is his turn, else milliseconds until it is */
    long take(Move move, long nowNanos) {
        forget(nowNanos);
        Long before = last.putIfAbsent(new Mover(move.message(), move.actor()), nowNanos);
        return before == null ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(before + everyNanos - nowNanos));
    }

    private void forget(long nowNanos) {
        Iterator<Long> oldest = last.values().iterator();
        while (oldest.hasNext() && nowNanos - oldest.next() >= everyNanos) {
            oldest.remove();
        }
    }
}

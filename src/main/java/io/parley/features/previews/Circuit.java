package io.parley.features.previews;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Notices that it is not the hosts but the way to them that is broken: several different ones in a row did not answer. Then
 * nobody is asked for a while, and after it one at a time until one answers. On one event loop.
 */
final class Circuit {
    private static final int MOST_SILENT = 8;
    private static final long PAUSE_NANOS = 30_000_000_000L;

    private final LongSupplier nanos;
    private final Set<String> silent = new HashSet<>();
    private long askAgainAt;

    Circuit(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How many more may be asked now, when there is room for so many and so many have not answered yet. */
    int allows(int room, int underWay) {
        if (!open()) {
            return room;
        }
        return underWay == 0 && nanos.getAsLong() - askAgainAt >= 0 ? 1 : 0;
    }

    /** Whether what does not answer now says nothing about itself. */
    boolean open() {
        return silent.size() >= MOST_SILENT;
    }

    void answered() {
        silent.clear();
    }

    void silent(String host) {
        silent.add(host);
        askAgainAt = nanos.getAsLong() + PAUSE_NANOS;
    }
}

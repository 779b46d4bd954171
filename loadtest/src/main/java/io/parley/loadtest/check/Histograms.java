package io.parley.loadtest.check;

import org.HdrHistogram.Histogram;

/** Histograms of durations in nanoseconds, all of one kind: from a microsecond to ten minutes, to three digits. */
public final class Histograms {
    private static final long LOWEST = 1_000;
    private static final long HIGHEST = 600_000_000_000L;

    private Histograms() {}

    public static Histogram make() {
        return new Histogram(LOWEST, HIGHEST, 3);
    }

    public static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, Math.min(HIGHEST, nanos)));
    }
}

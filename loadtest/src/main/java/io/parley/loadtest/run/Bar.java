package io.parley.loadtest.run;

/** How far something has got, in ten characters. */
final class Bar {
    private static final int LENGTH = 10;

    private Bar() {}

    static String of(double part) {
        int full = Math.clamp(Math.round(part * LENGTH), 0, LENGTH);
        return "█".repeat(full) + "░".repeat(LENGTH - full);
    }
}

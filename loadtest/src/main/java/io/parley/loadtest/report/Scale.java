package io.parley.loadtest.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis: from figures to places in the picture.
 *
 * @param log whether equal ratios have equal distances
 */
record Scale(double low, double high, double from, double to, boolean log) {
    private static final int FEW = 5;

    /** One that begins at 0 and ends at a round figure above the highest. */
    static Scale linear(double highest, double from, double to) {
        double step = step(highest <= 0 ? 1 : highest);
        return new Scale(0, Math.ceil((highest <= 0 ? 1 : highest) / step) * step, from, to, false);
    }

    /** One of whole powers of ten around the figures. */
    static Scale logarithmic(double lowest, double highest, double from, double to) {
        double low = Math.floor(Math.log10(Math.max(1e-3, lowest)));
        double high = Math.ceil(Math.log10(Math.max(1e-3, highest)));
        return new Scale(Math.pow(10, low), Math.pow(10, Math.max(high, low + 1)), from, to, true);
    }

    /** One from the first figure to the last, whatever they are. */
    static Scale exact(double low, double high, double from, double to) {
        return new Scale(low, high > low ? high : low + 1, from, to, false);
    }

    double at(double value) {
        double part = log ? Math.log(Math.max(low, value) / low) / Math.log(high / low) : (value - low) / (high - low);
        return from + Math.min(1, Math.max(0, part)) * (to - from);
    }

    /** Figures for the labels. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (log) {
            for (double tick = low; tick <= high * 1.001; tick *= 10) {
                ticks.add(tick);
            }
            return ticks;
        }
        double step = step(high - low);
        for (double tick = Math.ceil(low / step) * step; tick <= high + step / 1e6; tick += step) {
            ticks.add(tick);
        }
        return ticks;
    }

    /** 1, 2 or 5 times a power of ten, so that there are few. */
    private static double step(double range) {
        double rough = range / FEW;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}

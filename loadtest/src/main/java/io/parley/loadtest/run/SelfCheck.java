package io.parley.loadtest.run;

import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether the generator itself was a visible part of what was measured. */
final class SelfCheck {
    private static final double LATE_MS = 2;
    private static final double SLOW_PASS_MS = 5;
    private static final double BUSY = 0.85;

    private SelfCheck() {}

    /** In words; empty if it was not. */
    static List<String> excuses(Load.Outcome outcome) {
        List<String> excuses = new ArrayList<>();
        double late = Figures.ms(outcome.ended().paced().lateness(), 99);
        double pass = Figures.ms(outcome.recorder().of(Recorder.Time.PASS), 99);
        double busiest = outcome.ended().busiest();
        if (late > LATE_MS) {
            excuses.add(String.format(
                    Locale.ROOT, "  the generator was late: p99 of its sends left %.1f ms after they were due", late));
        }
        if (pass > SLOW_PASS_MS) {
            excuses.add(String.format(
                    Locale.ROOT, "  the generator was slow: p99 of its rounds of reading took %.1f ms", pass));
        }
        if (busiest > BUSY) {
            excuses.add(String.format(Locale.ROOT, "  the generator was busy: a thread worked %.0f %%", busiest * 100));
        }
        return excuses;
    }
}

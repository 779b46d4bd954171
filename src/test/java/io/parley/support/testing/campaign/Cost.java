package io.parley.support.testing.campaign;

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a fault cost, as probes saw it until the next one.
 *
 * @param together another fault was there at the same time, so nobody can say which of them cost it
 * @param away the longest that a device was without a session
 * @param accepted the longest that a send waited for its acknowledgement
 * @param acceptedHealed the same, counted from the moment when the fault was mended
 * @param complete the longest from the storing of a message until the last device had it
 * @param completeHealed the same, counted from the moment when the fault was mended
 */
record Cost(
        FaultRun run,
        boolean together,
        Duration away,
        Duration accepted,
        Duration acceptedHealed,
        Duration complete,
        Duration completeHealed) {
    /** Of what was never done. */
    static final Duration NEVER = Duration.ofNanos(Sample.NEVER);

    /** @param runs of one storm, by their beginning */
    static List<Cost> of(List<FaultRun> runs, List<Sample> samples, List<Absence> absences) {
        return runs.stream().map(run -> of(run, runs, samples, absences)).toList();
    }

    private static Cost of(FaultRun run, List<FaultRun> runs, List<Sample> samples, List<Absence> absences) {
        long end = runs.stream()
                .mapToLong(FaultRun::beganNanos)
                .filter(began -> began > run.beganNanos())
                .min()
                .orElse(Sample.NEVER);
        boolean together = runs.stream().anyMatch(other -> other != run && touches(run, other));
        List<Sample> concerned = samples.stream()
                .filter(sample -> sample.dueNanos() < end && sample.completeNanos() > run.beganNanos())
                .toList();
        long healed = run.healedNanos();
        long away = absences.stream()
                .filter(absence -> absence.fromNanos() < end && absence.toNanos() > run.beganNanos())
                .mapToLong(absence -> span(absence.fromNanos(), absence.toNanos()))
                .max()
                .orElse(0);
        return new Cost(
                run,
                together,
                Duration.ofNanos(away),
                longest(concerned, sample -> span(sample.dueNanos(), sample.ackedNanos())),
                longest(concerned, sample -> span(Math.max(healed, sample.dueNanos()), sample.ackedNanos())),
                longest(concerned, sample -> span(sample.committedNanos(), sample.completeNanos())),
                longest(concerned, sample -> span(Math.max(healed, sample.committedNanos()), sample.completeNanos())));
    }

    private static boolean touches(FaultRun one, FaultRun other) {
        return one.beganNanos() < other.healedNanos() && other.beganNanos() < one.healedNanos();
    }

    private static long span(long from, long to) {
        if (to == Sample.NEVER) {
            return Sample.NEVER;
        }
        return Math.max(0, to - from);
    }

    private static Duration longest(List<Sample> samples, ToLongFunction<Sample> span) {
        return Duration.ofNanos(samples.stream().mapToLong(span).max().orElse(0));
    }
}

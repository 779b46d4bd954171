package io.parley.support.testing.campaign;

import io.parley.support.testing.checker.Planted;
import io.parley.support.testing.checker.Verdict;
import java.util.List;
import java.util.Map;

/**
 * All that is known of a round of a campaign when it is over.
 *
 * @param evidence by violation, what the device that it concerns saw of the conversation
 */
public record Round(
        FaultPlan plan,
        Verdict verdict,
        List<FaultRun> faults,
        List<Sample> samples,
        List<Absence> absences,
        Planted planted,
        Map<String, String> evidence,
        List<String> log) {
    public Round {
        faults = List.copyOf(faults);
        samples = List.copyOf(samples);
        absences = List.copyOf(absences);
        evidence = Map.copyOf(evidence);
        log = List.copyOf(log);
    }

    List<Cost> costs() {
        return Cost.of(faults, samples, absences);
    }
}

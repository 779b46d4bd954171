package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.scenario.Threshold;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Holds the thresholds of a scenario against its steps and its summary; of several steps the worst counts. */
final class Verdict {
    private static final String VIOLATIONS = "violations";

    private final List<Threshold> thresholds;
    private final Map<Threshold, Double> worst = new LinkedHashMap<>();

    /** Violations must be none, whether or not the scenario says so. */
    Verdict(List<Threshold> thresholds) {
        this.thresholds = new ArrayList<>(thresholds);
        if (thresholds.stream().noneMatch(one -> one.measure().equals(VIOLATIONS))) {
            this.thresholds.add(new Threshold(VIOLATIONS, false, 0));
        }
    }

    /** @param beyond whether the step has shown where the limit is: then only the invariants count */
    void see(JsonNode line, boolean beyond) {
        for (Threshold threshold : thresholds) {
            OptionalDouble value = Figures.find(line, threshold.measure());
            if (value.isPresent() && (!beyond || threshold.measure().equals(VIOLATIONS))) {
                worst.merge(threshold, value.getAsDouble(), threshold::worse);
            }
        }
    }

    /** Whether anything that was measured is not as it should be. */
    boolean isMissed() {
        return thresholds.stream().anyMatch(threshold -> worst.containsKey(threshold) && !holds(threshold));
    }

    boolean holds() {
        return thresholds.stream().allMatch(this::holds);
    }

    private boolean holds(Threshold threshold) {
        Double value = worst.get(threshold);
        return value != null && threshold.holds(value);
    }

    /** For the summary. */
    ArrayNode json() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Threshold threshold : thresholds) {
            all.addObject()
                    .put("threshold", threshold.toString())
                    .put("measure", threshold.measure())
                    .put("value", worst.get(threshold))
                    .put("held", holds(threshold));
        }
        return all;
    }

    /** For people, those that do not hold. */
    List<String> complaints() {
        return thresholds.stream()
                .filter(threshold -> !holds(threshold))
                .map(threshold -> worst.containsKey(threshold)
                        ? "MISSED " + threshold + ": it was " + worst.get(threshold)
                        : "NOT MEASURED " + threshold)
                .toList();
    }
}

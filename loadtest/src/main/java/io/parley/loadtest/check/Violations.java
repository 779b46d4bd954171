package io.parley.loadtest.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How often each violation was seen, with the first few in words. Belongs to one thread. */
public final class Violations {
    private static final int MOST_EXAMPLES = 10;

    private final EnumMap<Violation, Long> counts = new EnumMap<>(Violation.class);
    private final List<String> examples = new ArrayList<>();

    public void add(Violation kind, long count, String detail) {
        counts.merge(kind, count, Long::sum);
        if (examples.size() < MOST_EXAMPLES) {
            examples.add(kind + ": " + detail);
        }
    }

    public void addAll(Violations other) {
        other.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
        other.examples.stream()
                .limit(Math.max(0, MOST_EXAMPLES - examples.size()))
                .forEach(examples::add);
    }

    public boolean none() {
        return counts.isEmpty();
    }

    public long count(Violation kind) {
        return counts.getOrDefault(kind, 0L);
    }

    public Map<Violation, Long> counts() {
        return counts;
    }

    public List<String> examples() {
        return examples;
    }
}

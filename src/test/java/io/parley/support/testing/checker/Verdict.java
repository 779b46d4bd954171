package io.parley.support.testing.checker;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the checker found, and how much it looked at: a verdict over nothing proves nothing. */
public record Verdict(List<Violation> violations, Summary summary) {
    private static final int SHOWN = 40;

    public Verdict {
        violations = List.copyOf(violations);
    }

    /**
     * @param deliveries versions given to devices, as events or inside pushed ranges
     * @param overlaps pushed ranges that began before what the device had: harmless, but not needed
     * @param resets pushed ranges that said nothing but to read anew: right, but many would be a lazy server
     */
    public record Summary(
            int devices,
            int conversations,
            long messages,
            long acked,
            long deliveries,
            long pushedRanges,
            long overlaps,
            long resets,
            long fetchedRanges,
            long connections,
            long unreadCounts) {}

    public boolean holds() {
        return violations.isEmpty();
    }

    public Set<Invariant> broken() {
        return violations.stream().map(Violation::invariant).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String toString() {
        String shown = violations.stream().limit(SHOWN).map(v -> "\n  " + v).collect(Collectors.joining());
        String more = violations.size() > SHOWN ? "\n  … and " + (violations.size() - SHOWN) + " more" : "";
        return (holds() ? "All invariants hold: " : violations.size() + " violations: ") + summary + shown + more;
    }
}

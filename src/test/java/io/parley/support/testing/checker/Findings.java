package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gathers violations and counts what was looked at. */
final class Findings {
    /** A broken server breaks everything; more than this tells nobody more. */
    private static final int MOST = 10_000;

    private final List<Violation> violations = new ArrayList<>();
    long acked;
    long deliveries;
    long pushedRanges;
    long overlaps;
    long resets;
    long fetchedRanges;
    long connections;
    long unreadCounts;

    void add(Invariant invariant, @Nullable String device, @Nullable UUID conversation, String detail) {
        if (violations.size() < MOST) {
            violations.add(new Violation(invariant, device, conversation, detail));
        }
    }

    Verdict verdict(int devices, int conversations, long messages) {
        return new Verdict(
                violations,
                new Verdict.Summary(
                        devices,
                        conversations,
                        messages,
                        acked,
                        deliveries,
                        pushedRanges,
                        overlaps,
                        resets,
                        fetchedRanges,
                        connections,
                        unreadCounts));
    }
}

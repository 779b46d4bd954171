package io.parley.support.testing.campaign;

import java.time.Duration;
import java.util.Set;

/**
 * What is to be broken, when, and for how long.
 *
 * @param at since the traffic began
 * @param length until it is mended
 * @param node the first it concerns, where it concerns nodes
 * @param other the second, where it concerns two
 * @param choice decides what else is to be decided
 */
public record PlannedFault(FaultKind kind, Duration at, Duration length, int node, int other, long choice) {
    Duration end() {
        return at.plus(length);
    }

    /** What it breaks. */
    Set<String> subjects() {
        return switch (kind.scope) {
            case ONE_NODE -> Set.of("node " + node);
            case TWO_NODES -> Set.of("node " + node, "node " + other);
            case ALL -> Set.of("all");
            case POSTGRES -> Set.of("postgres");
            case REDIS -> Set.of("redis");
            case LINKS -> Set.of("links");
            case POSTGRES_LINK -> Set.of("postgres of " + node);
            case REDIS_LINK -> Set.of("redis of " + node);
            case CLIENTS -> Set.of("clients");
        };
    }

    /** Both can be broken at the same time. */
    boolean goesWith(PlannedFault another) {
        return kind.scope != FaultKind.Scope.ALL
                && another.kind.scope != FaultKind.Scope.ALL
                && subjects().stream().noneMatch(another.subjects()::contains);
    }

    /** One line, from which it can be read again. */
    String text() {
        return "at %d ms %s for %d ms node %d other %d choice %d"
                .formatted(at.toMillis(), kind.word, length.toMillis(), node, other, choice);
    }

    static PlannedFault parse(String line) {
        String[] words = line.strip().split(" ");
        return new PlannedFault(
                FaultKind.of(words[3]),
                Duration.ofMillis(Long.parseLong(words[1])),
                Duration.ofMillis(Long.parseLong(words[5])),
                Integer.parseInt(words[8]),
                Integer.parseInt(words[10]),
                Long.parseLong(words[12]));
    }
}

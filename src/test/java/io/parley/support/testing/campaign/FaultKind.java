package io.parley.support.testing.campaign;

import java.time.Duration;

/** What a campaign can break. */
public enum FaultKind {
    KILL_NODE("kill-node", 4, Scope.ONE_NODE, 0, 5),
    PAUSE_NODE("pause-node", 3, Scope.ONE_NODE, 1, 15),
    RESTART_NODE("restart-node", 2, Scope.ONE_NODE, 0, 3),
    /** Two are killed, and started at the same moment. */
    START_TWO("start-two-nodes", 1, Scope.TWO_NODES, 0, 2),
    /** Every node, PostgreSQL and Redis at once, as when the power fails. */
    KILL_ALL("kill-everything", 1, Scope.ALL, 1, 3),
    JUMP_CLOCK("jump-clock", 2, Scope.ONE_NODE, 3, 12),
    KILL_POSTGRES("kill-postgres", 2, Scope.POSTGRES, 0, 5),
    PAUSE_POSTGRES("pause-postgres", 2, Scope.POSTGRES, 1, 12),
    KILL_REDIS("kill-redis", 1, Scope.REDIS, 0, 8),
    PAUSE_REDIS("pause-redis", 1, Scope.REDIS, 1, 10),
    FLUSH_REDIS("flush-redis", 1, Scope.REDIS, 0, 0),
    SPLIT("split", 3, Scope.LINKS, 1, 15),
    SPLIT_ONE_WAY("split-one-way", 2, Scope.LINKS, 1, 15),
    /** Split and joined again every 1 to 3 seconds. */
    SPLIT_FLAPPING("split-flapping", 2, Scope.LINKS, 5, 15),
    CUT_BUS("cut-bus", 3, Scope.LINKS, 1, 15),
    CUT_MEMBERSHIP("cut-membership", 2, Scope.LINKS, 1, 15),
    DELAY_NODES("delay-nodes", 1, Scope.LINKS, 3, 10),
    CUT_POSTGRES("cut-postgres", 2, Scope.POSTGRES_LINK, 1, 15),
    REFUSE_POSTGRES("refuse-postgres", 1, Scope.POSTGRES_LINK, 1, 10),
    DELAY_POSTGRES("delay-postgres", 1, Scope.POSTGRES_LINK, 3, 10),
    CUT_REDIS("cut-redis", 1, Scope.REDIS_LINK, 1, 12),
    SLOW_READERS("slow-readers", 2, Scope.CLIENTS, 2, 10);

    /** What is broken while it lasts; two faults at a time never share it. */
    enum Scope {
        ONE_NODE,
        TWO_NODES,
        ALL,
        POSTGRES,
        REDIS,
        LINKS,
        POSTGRES_LINK,
        REDIS_LINK,
        CLIENTS
    }

    /** As in a plan's text. */
    final String word;
    /** How often it comes, compared with the others. */
    final int weight;

    final Scope scope;
    private final int leastSeconds;
    private final int mostSeconds;

    FaultKind(String word, int weight, Scope scope, int leastSeconds, int mostSeconds) {
        this.word = word;
        this.weight = weight;
        this.scope = scope;
        this.leastSeconds = leastSeconds;
        this.mostSeconds = mostSeconds;
    }

    static FaultKind of(String word) {
        for (FaultKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no such fault: " + word);
    }

    /** @param part between 0 and 1, of the time between its shortest and its longest */
    Duration length(double part, Duration longest) {
        long most = Math.min(mostSeconds * 1_000L, longest.toMillis());
        long least = Math.min(leastSeconds * 1_000L, most);
        return Duration.ofMillis(least + (long) (part * (most - least)));
    }

    /** A node must start before it is mended. */
    boolean startsNodes() {
        return this == KILL_NODE || this == RESTART_NODE || this == START_TWO || this == KILL_ALL;
    }
}

package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.Campaign;
import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.Verdict;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.TestNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollingRestartIT {
    /** The node has said that it goes. */
    private static final int GOING_AWAY = 1012;

    private final Cluster cluster = Cluster.start(3);

    @AfterEach
    void clear() {
        cluster.close();
    }

    private Fault restart(int number) {
        TestNode node = cluster.node(number);
        return Fault.after(Duration.ofSeconds(4), "restart node " + number, () -> {
            assertThat(node.terminate()).isIn(0, 143);
            node.start();
        });
    }

    /** Nobody reconnects of his own will, so every connection that ends was ended by a node that goes. */
    @Test
    void whenNodesAreRestartedOneAfterAnotherEverybodyIsToldToMoveAndMissesNothing() {
        Plan plan = Plan.town(Battlefield.SEED).steady();
        try (Campaign campaign = new Campaign(plan, cluster.clients(), cluster.operator())) {
            Verdict verdict = campaign.run(List.of(restart(0), restart(1), restart(2)), Duration.ofSeconds(4));

            assertThat(verdict.violations())
                    .as("seed %d: %s", plan.seed(), verdict)
                    .isEmpty();
            assertThat(verdict.summary().acked()).isGreaterThan(500);
            List<Integer> ends = campaign.histories().stream()
                    .flatMap(history -> history.entries().stream())
                    .filter(Entry.Disconnected.class::isInstance)
                    .map(end -> ((Entry.Disconnected) end).code())
                    .toList();
            assertThat(ends).hasSizeGreaterThan(plan.connected()).containsOnly(GOING_AWAY);
        }
    }
}

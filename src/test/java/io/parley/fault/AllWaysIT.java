package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.Campaign;
import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.checker.Verdict;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.TestNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** People who come over WebSockets, event streams and polls, side by side, while things break. */
class AllWaysIT {
    private static final Plan PLAN = Plan.town(Battlefield.SEED).byAllWays();

    @Test
    void nothingIsLostWhenTheNodeIsKilledStandsStillOrStops() {
        try (Battlefield field = Battlefield.open()) {
            field.survive(
                    PLAN,
                    Fault.after(Duration.ofSeconds(4), "kill -9", field.node()::killForcibly),
                    Fault.after(Duration.ofSeconds(1), "start", field.node()::start),
                    Fault.after(Duration.ofSeconds(4), "pause", field.node()::pause),
                    Fault.after(Duration.ofSeconds(6), "go on", field.node()::resume),
                    Fault.after(
                            Duration.ofSeconds(4),
                            "stop",
                            () -> assertThat(field.node().terminate()).isIn(0, 143)),
                    Fault.after(Duration.ofSeconds(1), "start", field.node()::start));
        }
    }

    @Test
    void nothingIsLostWhenOneOfTwoNodesIsRestartedAndTheOtherIsKilled() {
        try (Cluster cluster = Cluster.start(2);
                Campaign campaign = new Campaign(PLAN, cluster.clients(), cluster.operator())) {
            TestNode second = cluster.node(1);
            Verdict verdict = campaign.run(
                    List.of(
                            Fault.after(Duration.ofSeconds(5), "restart node 0", () -> {
                                assertThat(cluster.node(0).terminate()).isIn(0, 143);
                                cluster.node(0).start();
                            }),
                            Fault.after(Duration.ofSeconds(5), "kill -9 node 1", second::killForcibly),
                            Fault.after(Duration.ofSeconds(2), "start", second::start)),
                    Duration.ofSeconds(5));

            assertThat(verdict.violations())
                    .as("seed %d: %s", PLAN.seed(), verdict)
                    .isEmpty();
            assertThat(verdict.summary().acked()).isGreaterThan(200);
        }
    }
}

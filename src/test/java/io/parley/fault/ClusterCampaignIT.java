package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.ClusterCampaign;
import io.parley.support.testing.campaign.FaultKind;
import io.parley.support.testing.campaign.FaultPlan;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.campaign.Report;
import io.parley.support.testing.campaign.Round;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.NodeClock;
import io.parley.support.testing.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The fault campaign; {@code docs/fault-campaign.md} tells what it does and how to run the long one. */
class ClusterCampaignIT {
    private static final long SEED = Long.getLong("parley.campaign.seed", System.currentTimeMillis());
    private static final String MINUTES = "parley.campaign.minutes";
    private static final Duration SHORT_ROUND = Duration.ofSeconds(50);
    private static final Duration LONG_ROUND = Duration.ofMinutes(5);
    private static final Duration SHORT_FAULT = Duration.ofSeconds(6);
    private static final Duration LONG_FAULT = Duration.ofSeconds(Integer.getInteger("parley.campaign.longest", 15));
    private static final int MOST_NODES = 3;

    private final Report report = new Report(Path.of("target", "campaign", Long.toString(SEED)), SEED);

    /**
     * Sessions that notice a node that hangs sooner, tokens that a clock that jumps does not void, and events that go
     * their ways as in a cluster of many nodes.
     */
    private static NodeConfig settings(NodeConfig config) {
        return config.with("session.heartbeatMs", "2000")
                .with("auth.accessTokenSeconds", "86400")
                .with("cluster.addressesAbove", "0");
    }

    private static Set<FaultKind> left() {
        EnumSet<FaultKind> left = EnumSet.noneOf(FaultKind.class);
        if (NodeClock.library().isEmpty()) {
            left.add(FaultKind.JUMP_CLOCK);
        }
        return left;
    }

    @Test
    @DisabledIfSystemProperty(named = MINUTES, matches = ".+")
    void everybodyHasEverythingWhateverBreaksOnTwoNodesAndThree() {
        try (Cluster cluster = Cluster.prepare(MOST_NODES, this::recorded)) {
            cluster.add(2);
            survive(cluster, FaultPlan.of(SEED, 2, SHORT_ROUND, left(), SHORT_FAULT), false);
            cluster.add(1);
            survive(cluster, FaultPlan.of(SEED + 1, MOST_NODES, SHORT_ROUND, left(), SHORT_FAULT), true);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = MINUTES, matches = ".+")
    void everybodyHasEverythingForAsLongAsAsked() throws IOException {
        String given = System.getProperty("parley.campaign.plan", "");
        int nodes = Integer.getInteger("parley.campaign.nodes", MOST_NODES);
        try (Cluster cluster = Cluster.prepare(nodes, this::recorded)) {
            cluster.add(nodes);
            if (!given.isEmpty()) {
                survive(cluster, FaultPlan.parse(Files.readString(Path.of(given))), true);
                return;
            }
            long end = System.nanoTime()
                    + Duration.ofMinutes(Integer.getInteger(MINUTES, 0)).toNanos();
            for (long seed = SEED; System.nanoTime() < end; seed++) {
                survive(cluster, FaultPlan.of(seed, nodes, LONG_ROUND, left(), LONG_FAULT), true);
            }
        }
    }

    private NodeConfig recorded(NodeConfig config) {
        return settings(config)
                .withOutput(report.directory().resolve(config.data().getFileName() + ".log"));
    }

    @SuppressWarnings("SystemOut") // the campaign's account of itself
    private void survive(Cluster cluster, FaultPlan plan, boolean plants) {
        report.begin(plan);
        ClusterCampaign campaign = new ClusterCampaign(cluster, Plan.city(plan.seed()), plan);
        Round round;
        try {
            round = campaign.run(plants);
        } catch (RuntimeException brokenOff) {
            report.broken(plan, campaign.log(), brokenOff);
            throw brokenOff;
        }
        report.add(round);
        System.out.println(report.text());
        assertThat(round.verdict().violations())
                .as("seed %d: %s", plan.seed(), round.verdict())
                .isEmpty();
        assertThat(round.planted().missed())
                .as("planted bugs, seed %d", plan.seed())
                .isEmpty();
    }
}

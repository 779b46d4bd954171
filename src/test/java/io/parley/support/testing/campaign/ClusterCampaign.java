package io.parley.support.testing.campaign;

import io.parley.support.testing.checker.Planted;
import io.parley.support.testing.checker.Violation;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.node.Cluster;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * One round of a campaign against a cluster: people of its own, traffic, the faults of a plan, and the proof. Leaves
 * the cluster whole. Blocks.
 */
public final class ClusterCampaign {
    private static final int MOST_EVIDENCE = 20;
    private static final int PROBES_PER_NODE = 2;
    private static final Duration HOMECOMING = Duration.ofMillis(1_500);

    private final Cluster cluster;
    private final Plan traffic;
    private final FaultPlan plan;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    public ClusterCampaign(Cluster cluster, Plan traffic, FaultPlan plan) {
        this.cluster = cluster;
        this.traffic = traffic;
        this.plan = plan;
    }

    /** @param checkPlants plants known bugs into what was recorded, to see whether the checker is awake */
    public Round run(boolean checkPlants) {
        say("seed " + plan.seed() + ", " + cluster.size() + " nodes, "
                + plan.faults().size() + " faults");
        try (Campaign campaign = new Campaign(traffic, cluster.clients(), cluster.operator())) {
            campaign.crowd().gather();
            Probe probe = campaign.crowd().addProbe(homes());
            List<FaultRun> runs = new ArrayList<>();
            campaign.amidTraffic(() -> runs.addAll(storm(campaign.crowd(), probe)));
            requireAlive();
            Campaign.Proof proof = campaign.prove();
            say(proof.verdict().toString());
            Planted planted = checkPlants ? Planted.into(proof.histories(), proof.truth(), plan.seed()) : Planted.NONE;
            return new Round(
                    plan, proof.verdict(), runs, probe.samples(), probe.absences(), planted, evidence(proof), log());
        }
    }

    private List<FaultRun> storm(Crowd crowd, Probe probe) {
        Breaker breaker = new Breaker(cluster, crowd.devices.size(), crowd::slow);
        probe.start();
        List<FaultRun> runs = new Storm(plan, breaker::run, this::say).run(HOMECOMING, () -> goHome(probe));
        probe.stop();
        return runs;
    }

    private static Map<String, String> evidence(Campaign.Proof proof) {
        Map<String, String> evidence = new LinkedHashMap<>();
        for (Violation violation :
                proof.verdict().violations().stream().limit(MOST_EVIDENCE).toList()) {
            UUID conversation = violation.conversation();
            if (conversation != null) {
                proof.histories().stream()
                        .filter(history -> history.device().equals(violation.device()))
                        .forEach(history -> evidence.put(violation.toString(), history.text(conversation)));
            }
        }
        return evidence;
    }

    /** All faults are mended, so whoever is gone has gone by himself. */
    private void requireAlive() {
        for (int node = 0; node < cluster.size(); node++) {
            if (!cluster.node(node).isAlive()) {
                throw new IllegalStateException("node " + node + " has ended by itself");
            }
        }
    }

    /** What has happened so far. */
    public List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private List<ClientHost> homes() {
        return IntStream.range(0, PROBES_PER_NODE * cluster.size())
                .mapToObj(probe -> cluster.clientsPreferring(probe % cluster.size()))
                .toList();
    }

    /** A fault of a node must find somebody there, also when he went elsewhere during the last one. */
    private void goHome(Probe probe) {
        for (int i = 0; i < probe.devices().size(); i++) {
            ParleyClient device = probe.devices().get(i);
            boolean home = Blocking.get(device.node())
                    .filter(cluster.node(i % cluster.size()).endpoints()::equals)
                    .isPresent();
            if (!home) {
                device.disconnect();
                device.connect();
            }
        }
    }

    private void say(String what) {
        log.add(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + what);
        Campaign.say(what);
    }
}

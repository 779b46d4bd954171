package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.Campaign;
import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.checker.Verdict;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A node to be broken, with clients of it. */
final class Battlefield implements AutoCloseable {
    /** Run again what failed: {@code -Dparley.seed=…}. */
    static final long SEED = Long.getLong("parley.seed", System.nanoTime());

    private final Path data;
    private final TestNode node;
    private final Vertx vertx;
    private final ClientHost clients;

    private Battlefield(Path data, TestNode node) {
        this.data = data;
        this.node = node;
        this.vertx = Vertx.vertx();
        this.clients = new ClientHost(vertx, node.endpoints());
    }

    static Battlefield open() {
        return open("log.level", "info");
    }

    /** With one key other than in the shipped configuration. */
    static Battlefield open(String key, String value) {
        try {
            Path data = Files.createTempDirectory("parley-fault-");
            return new Battlefield(data, TestNode.start(NodeConfig.on(data).with(key, value)));
        } catch (IOException failed) {
            throw new IllegalStateException("no data directory", failed);
        }
    }

    TestNode node() {
        return node;
    }

    Vertx vertx() {
        return vertx;
    }

    ClientHost clients() {
        return clients;
    }

    OperatorApi operator() {
        return new OperatorApi(clients.rest(), node.operatorKey());
    }

    /** Runs a town's traffic through the faults and fails when any invariant is broken. */
    Verdict survive(Plan plan, Fault... faults) {
        try (Campaign campaign = new Campaign(plan, clients, operator())) {
            Verdict verdict = campaign.run(List.of(faults), Duration.ofSeconds(3));
            assertThat(verdict.violations())
                    .as("seed %d: %s", plan.seed(), verdict)
                    .isEmpty();
            assertThat(verdict.summary().acked()).isGreaterThan(100);
            return verdict;
        }
    }

    @Override
    public void close() {
        clients.close();
        vertx.close().await();
        node.close();
        RunningNode.delete(data);
    }
}

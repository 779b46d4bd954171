package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.campaign.Blocking;
import io.parley.support.testing.campaign.Campaign;
import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.checker.Verdict;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InstancesIT {
    private final Cluster cluster = Cluster.prepare(2, InstancesIT::withPorts);

    /** Asks the node that always answers. */
    private OperatorApi operator;

    /** With a port of its own a kind that comes back is where it was. */
    private static NodeConfig withPorts(NodeConfig config) {
        return config.with("http.port", freePort()).with("session.port", freePort());
    }

    private static String freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(free.getLocalPort());
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    /** Nodes that start in the same moment may each begin a cluster of their own, and find each other a little later. */
    @BeforeAll
    void start() {
        cluster.add(2);
        operator = cluster.operator(cluster.clientsOf(0));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(nodes()).hasSize(2));
    }

    @AfterAll
    void clear() {
        cluster.close();
    }

    private List<JsonNode> nodes() {
        return Blocking.get(operator.nodes());
    }

    private JsonNode named(String name) {
        return nodes().stream()
                .filter(node -> node.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Rest.Reply ask(String name, Map<String, Integer> instances) {
        return Blocking.get(operator.setInstances(named(name).path("id").asText(), instances));
    }

    /** Returns when the node runs what it was asked to. */
    private void set(String name, Map<String, Integer> instances) {
        assertThat(ask(name, instances).status()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> instances.forEach((kind, count) -> assertThat(
                                named(name).path("instances").path(kind).asInt())
                        .as(kind)
                        .isEqualTo(count)));
    }

    private Fault change(String name, Map<String, Integer> instances) {
        return Fault.after(Duration.ofSeconds(2), name + " runs " + instances, () -> set(name, instances));
    }

    @Test
    @Order(1)
    void nothingIsLostOrDisorderedWhileKindsGrowShrinkAndMove() {
        Plan plan = Plan.town(Battlefield.SEED);
        try (Campaign campaign = new Campaign(plan, cluster.clients(), cluster.operator())) {
            Verdict verdict = campaign.run(
                    List.of(
                            change("node-0", Map.of("persistence", 5, "session", 4)),
                            change("node-1", Map.of("persistence", 0, "presence", 0, "jobs", 0)),
                            change("node-0", Map.of("persistence", 1, "session", 1, "presence", 2, "jobs", 2)),
                            change("node-1", Map.of("persistence", 3, "session", 0, "http", 0)),
                            change("node-0", Map.of("persistence", 0)),
                            change("node-1", Map.of("session", 2, "http", 1)),
                            change("node-0", Map.of("persistence", 2, "session", 2))),
                    Duration.ofSeconds(4));

            assertThat(verdict.violations())
                    .as("seed %d: %s", plan.seed(), verdict)
                    .isEmpty();
            assertThat(verdict.summary().acked()).isGreaterThan(500);
        }
    }

    @Test
    @Order(2)
    void theLastOfAKindStaysAndNonsenseIsRefused() {
        set("node-1", Map.of("persistence", 0));

        assertThat(ask("node-0", Map.of("persistence", 0)).code()).isEqualTo("conflict");
        assertThat(ask("node-0", Map.of("persistence", 65)).code()).isEqualTo("validation_failed");
        assertThat(ask("node-0", Map.of()).code()).isEqualTo("validation_failed");
        assertThat(ask("node-0", Map.of("sessions", 1)).code()).isEqualTo("validation_failed");
        assertThat(Blocking.get(operator.setInstances("00000000-0000-4000-8000-000000000000", Map.of("session", 1)))
                        .code())
                .isEqualTo("not_found");
        assertThat(named("node-0").path("instances").path("persistence").asInt())
                .isEqualTo(2);
    }

    /** The last, because it costs a node. */
    @Test
    @Order(3)
    void anOperatorSeesWhoIsThereAndWhoHasGone() {
        assertThat(nodes()).hasSize(2).allSatisfy(node -> {
            assertThat(node.path("draining").asBoolean()).isFalse();
            assertThat(node.path("journalLagMs").asLong()).isLessThan(10_000);
        });

        cluster.node(1).killForcibly();

        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(Blocking.get(operator.nodes())).hasSize(1));
    }
}

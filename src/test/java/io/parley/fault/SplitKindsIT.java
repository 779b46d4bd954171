package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Ids;
import io.parley.support.testing.campaign.Blocking;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.NodeConfig;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A node that people talk to and that writes nothing, and two that write. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SplitKindsIT {
    /** Well below what a question may take that nobody will answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int ROOMS = 40;

    private final Cluster cluster = Cluster.prepare(3, SplitKindsIT::kinds);
    private Cast cast;
    private Person ada;
    private final List<UUID> rooms = new ArrayList<>();

    private static NodeConfig kinds(NodeConfig config) {
        return config.data().endsWith("node-0")
                ? config.with("instances.persistence", "0")
                        .with("instances.presence", "0")
                        .with("instances.jobs", "0")
                : config;
    }

    @BeforeAll
    void start() {
        cluster.add(3);
        cast = new Cast(cluster.clientsOf(0), cluster.operator(cluster.clientsOf(0)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(nodes()).hasSize(3));
        ada = cast.person("ada");
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(cast.group(ada));
        }
    }

    @AfterAll
    void stop() {
        cast.close();
        cluster.close();
    }

    private List<JsonNode> nodes() {
        return Blocking.get(cluster.operator(cluster.clientsOf(0)).nodes());
    }

    /** As people's devices do: what fails is sent again, as the same message. */
    private Future<JsonNode> send(UUID room, UUID message, String text) {
        return cast.api(ada)
                .send(room, message, text)
                .recover(failed ->
                        cluster.vertx().timer(200, TimeUnit.MILLISECONDS).compose(later -> send(room, message, text)));
    }

    private List<Future<JsonNode>> sendToAll(String text) {
        return rooms.stream().map(room -> send(room, Ids.next(), text)).toList();
    }

    private static void awaitAll(List<Future<JsonNode>> sends) {
        await().atMost(PATIENCE).until(() -> sends.stream().allMatch(Future::succeeded));
    }

    @Test
    @Order(1)
    void whenAWriterIsKilledTheOtherWritesAll() {
        awaitAll(sendToAll("all is well"));

        List<Future<JsonNode>> underWay = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            underWay.addAll(sendToAll("under way " + i));
        }
        cluster.node(1).killForcibly();
        List<Future<JsonNode>> after = sendToAll("afterwards");

        awaitAll(underWay);
        awaitAll(after);
        cluster.node(1).start();
        awaitAll(sendToAll("with both"));
        for (UUID room : rooms) {
            assertThat(Blocking.get(cast.api(ada).history(room))).hasSize(8);
        }
    }

    @Test
    @Order(2)
    void whenAWriterHangsTheOtherWritesAll() {
        cluster.node(1).pause();
        List<Future<JsonNode>> sends = sendToAll("while one hangs");

        awaitAll(sends);
        cluster.node(1).resume();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(nodes()).hasSize(3));
        awaitAll(sendToAll("when it is back"));
    }

    /** Nothing else happens in the cluster that would have the node look for another way. */
    @Test
    @Order(3)
    void aWriterThatGivesUpItsLanesIsAskedNoMore() {
        JsonNode writer = await().until(
                        () -> nodes().stream()
                                .filter(node -> node.path("name").asText().equals("node-1"))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        // Who has just come back from a pause cannot be asked by name at once.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(Blocking.get(cluster.operator(cluster.clientsOf(0))
                                        .setInstances(writer.path("id").asText(), Map.of("persistence", 0)))
                                .status())
                        .isEqualTo(202));
        Cast through = new Cast(cluster.clientsOf(1), cluster.operator(cluster.clientsOf(1)));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(nodes())
                        .filteredOn(node ->
                                node.path("instances").path("persistence").asInt() == 0)
                        .hasSize(2));
        List<Future<JsonNode>> sends = rooms.stream()
                .map(room -> through.api(ada).send(room, Ids.next(), "by another's lanes"))
                .toList();

        awaitAll(sends);
        through.close();
    }
}

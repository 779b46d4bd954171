package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Presence, typing and viewing across two real nodes, of which one is killed. */
class DeadNodePresenceIT {
    private final Vertx vertx = Vertx.vertx();
    private final NetClient network = RawSocket.netClient(vertx);
    private final Path data = directory();
    private final Path joined = directory();
    private final TestNode one = TestNode.start(NodeConfig.on(data)
            .with("cluster.discovery", "members")
            .with("cluster.members", "127.0.0.1")
            .with("cluster.port", Integer.toString(freePort())));
    private final TestNode two = TestNode.start(NodeConfig.joining(joined, one));
    private final ClientHost clients = new ClientHost(vertx, one.endpoints());
    private final Cast cast = new Cast(clients, new OperatorApi(clients.rest(), one.operatorKey()));

    private static Path directory() {
        try {
            return Files.createTempDirectory("parley-fault-");
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @AfterEach
    void clear() {
        network.close();
        cast.close();
        clients.close();
        two.close();
        one.close();
        vertx.close().await();
        RunningNode.delete(joined);
        RunningNode.delete(data);
    }

    private RawSocket signedIn(TestNode node, Person person) {
        RawSocket socket = await(RawSocket.open(vertx, network, node.endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"1\",\"token\":\""
                + await(person.tokens().current()) + "\"}"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> socket.find("id", "1").isPresent());
        return socket;
    }

    private static List<String> told(RawSocket socket) {
        return socket.frames("presence").stream()
                .flatMap(frame -> frame.path("users").valueStream())
                .map(user -> user.path("status").asText())
                .toList();
    }

    private static void untilViewers(RawSocket socket, int count, Duration within) {
        Awaitility.await()
                .atMost(within)
                .untilAsserted(() -> assertThat(socket.frames("viewing").stream()
                                .map(frame -> frame.path("count").asInt()))
                        .endsWith(count));
    }

    private static Duration untilTold(RawSocket socket, String status) {
        long before = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(told(socket)).endsWith(status));
        return Duration.ofNanos(System.nanoTime() - before);
    }

    @Test
    void whatHappensOnOneNodeIsSeenOnTheOtherAndItsPeopleGoOfflineWithIt() {
        List<Person> people = cast.people(List.of("ada", "bob"));
        Person ada = people.get(0);
        UUID group = cast.group(ada, people.get(1));
        RawSocket watcher = signedIn(one, people.get(1));
        await(watcher.sendText("{\"type\":\"presence.watch\",\"id\":\"2\",\"users\":[\"" + ada.id() + "\"]}"));
        RawSocket phone = signedIn(two, ada);

        untilTold(watcher, "online");
        await(phone.sendText("{\"type\":\"presence.set\",\"id\":\"3\",\"status\":\"busy\"}"));
        untilTold(watcher, "busy");
        await(phone.sendText("{\"type\":\"typing\",\"id\":\"4\",\"conversation\":\"" + group + "\",\"active\":true}"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !watcher.frames("typing").isEmpty());

        await(watcher.sendText("{\"type\":\"viewing.watch\",\"id\":\"5\",\"conversations\":[\"" + group + "\"]}"));
        await(phone.sendText("{\"type\":\"viewing\",\"id\":\"6\",\"conversation\":\"" + group + "\"}"));
        untilViewers(watcher, 1, Duration.ofSeconds(5));

        two.killForcibly();
        Duration silence = untilTold(watcher, "offline");
        untilViewers(watcher, 0, Duration.ofSeconds(45));

        System.out.println("killed node: its people were offline after " + silence.toMillis() + " ms");
    }
}

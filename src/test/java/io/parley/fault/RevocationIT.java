package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Ids;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.client.SignedIn;
import io.parley.support.testing.network.Link;
import io.parley.support.testing.node.Cluster;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is revoked on one node ends on the other, by the bus or without it, and nothing else does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationIT {
    private static final String PASSWORD = "correct horse battery";
    private static final int UNAUTHENTICATED = 4401;

    /** The promise. */
    private static final Duration REVOKED = Duration.ofSeconds(1);

    /** What a request to each node takes. */
    private static final Duration ASKING = Duration.ofMillis(300);

    /** By the journal, which is read twice a second; more on a busy machine. */
    private static final Duration REPAIRED = Duration.ofSeconds(2);

    private final Cluster cluster = Cluster.start(2);
    private final NetClient network = RawSocket.netClient(cluster.vertx());
    private final List<ClientHost> clients = List.of(cluster.clientsOf(0), cluster.clientsOf(1));

    @BeforeAll
    void nodesKnowEachOther() {
        String token = await(scene().laptop.current());
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> await(rest(0).call(HttpMethod.GET, "/users/me", token, null))
                                .status()
                        == 200);
        mend();
    }

    @AfterAll
    void close() {
        network.close();
        cluster.close();
    }

    private Rest rest(int node) {
        return clients.get(node).rest();
    }

    /** A person on both nodes, with two log-ins. */
    private final class Scene {
        final SignedIn laptop;
        final SignedIn phone;
        final RawSocket laptopHere;
        final RawSocket phoneHere;
        final RawSocket phoneThere;
        final RawSocket laptopThere;
        final RawSocket strangerThere;

        Scene() {
            String name = "r" + Ids.next().toString().substring(24);
            laptop = await(SignedIn.register(rest(0), name, PASSWORD));
            phone = await(SignedIn.login(rest(0), name, PASSWORD));
            laptopHere = connected(0, laptop);
            phoneHere = connected(0, phone);
            phoneThere = connected(1, phone);
            laptopThere = connected(1, laptop);
            strangerThere = connected(1, await(SignedIn.register(rest(1), name + ".x", PASSWORD)));
        }

        /** Ends the phone's log-in, over the first node. */
        void revoke() {
            String id = await(rest(0).call(HttpMethod.GET, "/users/me/sessions", phone.accessToken(), null))
                    .body()
                    .path("items")
                    .valueStream()
                    .filter(session -> session.path("current").asBoolean())
                    .findFirst()
                    .orElseThrow()
                    .path("id")
                    .asText();
            assertThat(await(rest(0).call(HttpMethod.DELETE, "/users/me/sessions/" + id, laptop.accessToken(), null))
                            .status())
                    .isEqualTo(204);
        }

        void requireOthersUntouched() {
            for (int node = 0; node < 2; node++) {
                assertThat(status(node, laptop)).isEqualTo(200);
            }
            for (RawSocket socket : List.of(laptopHere, laptopThere, strangerThere)) {
                await(socket.sendText("{\"type\":\"ping\",\"id\":\"still there\"}"));
                within(Duration.ofSeconds(10))
                        .until(() -> socket.find("id", "still there").isPresent());
                assertThat(socket.isToldToClose()).isFalse();
            }
        }
    }

    private Scene scene() {
        return new Scene();
    }

    private RawSocket connected(int node, SignedIn device) {
        RawSocket socket = await(
                RawSocket.open(cluster.vertx(), network, cluster.node(node).endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + device.accessToken() + "\"}"));
        within(Duration.ofSeconds(30)).until(() -> socket.find("id", "hello").isPresent());
        return socket;
    }

    private int status(int node, SignedIn device) {
        return await(rest(node).call(HttpMethod.GET, "/users/me", device.accessToken(), null))
                .status();
    }

    private static ConditionFactory within(Duration time) {
        return Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(time);
    }

    private void requireOut(Scene scene, Duration elsewhere) {
        long revokedAt = System.nanoTime();
        within(elsewhere).until(() -> scene.phoneHere.isToldToClose() && scene.phoneThere.isToldToClose());
        Duration passed = Duration.ofNanos(System.nanoTime() - revokedAt);
        Duration left = REVOKED.plus(ASKING).minus(passed);
        if (left.isPositive()) {
            within(left).until(() -> status(0, scene.phone) == 401 && status(1, scene.phone) == 401);
        }
        assertThat(List.of(status(0, scene.phone), status(1, scene.phone))).containsOnly(401);
        for (RawSocket socket : List.of(scene.phoneHere, scene.phoneThere)) {
            assertThat(await(socket.closed())).isEqualTo(UNAUTHENTICATED);
        }
        for (int node = 0; node < 2; node++) {
            RawSocket late = connected(node, scene.phone);
            within(Duration.ofSeconds(10)).until(late::isClosed);
            assertThat(await(late.closed())).isEqualTo(UNAUTHENTICATED);
        }
    }

    @Test
    void aRevokedLogInIsOutOnBothNodesWithinASecond() {
        Scene scene = scene();
        // Both nodes have just been asked, so they believe for as long as they do.
        assertThat(status(0, scene.phone) + status(1, scene.phone)).isEqualTo(400);

        scene.revoke();

        requireOut(scene, REVOKED);
        scene.requireOthersUntouched();
        assertThat(scene.phoneThere.frames("session.ended")).hasSize(1);
    }

    @Test
    void withTheBusCutTheJournalTellsTheOtherNode() {
        Scene scene = scene();
        assertThat(status(0, scene.phone) + status(1, scene.phone)).isEqualTo(400);
        bus().forEach(Link::refuse);
        try {
            scene.revoke();

            requireOut(scene, REPAIRED);
            scene.requireOthersUntouched();
            assertThat(scene.phoneThere.frames("session.ended")).isEmpty();
            assertThat(scene.laptopThere.frames("personal"))
                    .anySatisfy(
                            frame -> assertThat(frame.at("/lists/0").asText()).isEqualTo("sessions"));
        } finally {
            mend();
        }
    }

    @Test
    void whoLogsOutEverywhereAndInAgainKeepsTheNewConnectionAlthoughTheOtherNodeHearsLate() {
        Scene scene = scene();
        bus().forEach(Link::refuse);
        SignedIn again;
        RawSocket next;
        try {
            await(rest(0).call(HttpMethod.DELETE, "/users/me/sessions", scene.laptop.accessToken(), null));
            again = await(SignedIn.login(rest(1), scene.laptop.username(), PASSWORD));
            next = connected(1, again);
            within(REPAIRED).until(() -> scene.phoneThere.isToldToClose() && scene.laptopThere.isToldToClose());
        } finally {
            mend();
        }

        await(next.sendText("{\"type\":\"ping\",\"id\":\"still there\"}"));
        within(Duration.ofSeconds(10))
                .until(() -> next.find("id", "still there").isPresent());
        assertThat(status(0, again)).isEqualTo(200);
        assertThat(scene.strangerThere.isToldToClose()).isFalse();
    }

    @Test
    void theListKnowsOfConnectionsOnAllNodesAndOfSilentOnesThatItDoesNot() {
        Scene scene = scene();
        await(scene.phoneHere.cut());

        assertThat(connections(0, scene.phone)).isEqualTo("true");
        cluster.node(1).pause();
        try {
            within(Duration.ofSeconds(5))
                    .until(() -> connections(0, scene.phone).isEmpty());
        } finally {
            cluster.node(1).resume();
        }
        within(Duration.ofSeconds(30)).until(() -> connections(0, scene.phone).equals("true"));
    }

    /** What the list says of whether the device is connected. */
    private String connections(int node, SignedIn device) {
        return await(rest(node).call(HttpMethod.GET, "/users/me/sessions", device.accessToken(), null))
                .body()
                .path("items")
                .valueStream()
                .filter(session -> session.path("current").asBoolean())
                .findFirst()
                .orElseThrow()
                .path("connected")
                .asText();
    }

    private List<Link> bus() {
        return List.of(cluster.network().bus(0, 1), cluster.network().bus(1, 0));
    }

    /** The nodes reach each other again: an event made on one is told on the other. */
    private void mend() {
        bus().forEach(Link::open);
        Scene probe = scene();
        within(Duration.ofSeconds(60)).until(() -> {
            await(SignedIn.login(rest(0), probe.laptop.username(), PASSWORD));
            return !probe.laptopThere.frames("session.started").isEmpty();
        });
    }
}

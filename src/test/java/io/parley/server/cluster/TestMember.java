package io.parley.server.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.parley.bus.Bus;
import io.parley.bus.NodeInfo;
import io.parley.bus.Peers;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.VerticleKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A member with bus and peers, and nothing else of a node. */
public final class TestMember {
    public final Cluster cluster;
    public final Bus bus;
    public final Peers peers;
    private final Map<VerticleKind, Integer> instances = new EnumMap<>(VerticleKind.class);
    private final AtomicInteger changes = new AtomicInteger();

    /** Joins whoever is at the port, or begins there. */
    public TestMember(int port, Map<String, String> keys) {
        Map<String, String> environment = new HashMap<>(keys);
        environment.put("PARLEY_CLUSTER_DISCOVERY", "members");
        environment.put("PARLEY_CLUSTER_MEMBERS", "127.0.0.1:" + port);
        environment.put("PARLEY_CLUSTER_PORT", "" + port);
        Config.Cluster config = ConfigLoader.load(null, environment).cluster();
        cluster = await(Cluster.join(Vertx.builder(), new VertxOptions(), config));
        bus = new Bus(cluster.vertx(), cluster.nodeId(), 0);
        peers = new Peers(bus, this::info, changes::incrementAndGet);
        cluster.listen(peers::left, bus::renew);
        await(cluster.vertx().deployVerticle(peers));
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new IllegalStateException(none);
        }
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.await(30, SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(late);
        }
    }

    private NodeInfo info(long busLagMs) {
        return new NodeInfo(
                cluster.nodeId(), "test", "test", Instant.EPOCH, false, Map.copyOf(instances), 0, 0, busLagMs, "", "");
    }

    public String id() {
        return cluster.nodeId();
    }

    /** Tells that it runs so many lanes, which answer already. */
    void lanes(int lanes) {
        instances.put(VerticleKind.PERSISTENCE, lanes);
        await(bus.relay().completed());
        await(bus.lanes(lanes, List.of()));
    }

    /** How far behind the slowest other node is, as this one tells it. */
    public long lagMs() {
        return peers.present().stream()
                .filter(node -> node.id().equals(id()))
                .mapToLong(NodeInfo::busLagMs)
                .findFirst()
                .orElseThrow();
    }

    public List<String> present() {
        return peers.present().stream().map(NodeInfo::id).toList();
    }

    public void stop() {
        await(cluster.vertx().close());
    }
}

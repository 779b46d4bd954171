package io.parley.bus;

import io.parley.support.VerticleKind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes there are. Each tells of itself every second, over the same bus that carries the events, together with
 * how much it has heard of the others; so everybody knows who is there, and how far behind each is in taking what he
 * publishes. A node that is silent, or that the cluster has given up, is not there.
 */
public final class Peers extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
    private static final long BEAT_MS = 1_000;
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(6);

    /** Beats that another node may lack before nothing more is heaped up for it. */
    private static final int MOST_BEHIND = 4;

    private final Bus bus;
    private final LongFunction<NodeInfo> self;
    private final Runnable changed;
    private final Map<String, Peer> peers = new HashMap<>();
    private volatile Map<String, NodeInfo> present = Map.of();
    private long beats;
    private long lagMs;

    /** @param number counts from the node's start */
    record Heartbeat(NodeInfo node, long number, Map<String, Long> heard) {}

    private static final class Peer {
        NodeInfo info;
        long heardNanos;
        long number;
        /** Our beat number that it had heard when it last spoke, and the one of ours before which it did not know us. */
        long heardOfUs;

        final long metAt;

        Peer(NodeInfo info, long metAt) {
            this.info = info;
            this.metAt = metAt;
        }

        long behind(long beats) {
            return beats - Math.max(heardOfUs, metAt);
        }
    }

    /**
     * @param self what to tell of this node; is given the bus lag in milliseconds
     * @param changed called on this verticle's context at every beat, and when somebody has come or gone
     */
    public Peers(Bus bus, LongFunction<NodeInfo> self, Runnable changed) {
        this.bus = bus;
        this.self = self;
        this.changed = changed;
    }

    @Override
    public Future<?> start() {
        tell();
        if (!bus.clustered()) {
            vertx.setPeriodic(BEAT_MS, ignored -> tell());
            return Future.succeededFuture();
        }
        vertx.setPeriodic(BEAT_MS, ignored -> beat());
        beat();
        return bus.onHeartbeat(this::heard).completed();
    }

    private void beat() {
        long now = System.nanoTime();
        List<String> silent = peers.values().stream()
                .filter(peer -> now - peer.heardNanos > SILENCE_NANOS)
                .map(peer -> peer.info.id())
                .toList();
        silent.forEach(this::forget);
        long behind = peers.values().stream()
                .mapToLong(peer -> peer.behind(beats))
                .max()
                .orElse(0);
        bus.events().cautious(behind > MOST_BEHIND);
        beats++;
        // What was sent a beat ago may still be on its way.
        lagMs = Math.max(0, behind - 1) * BEAT_MS;
        Map<String, Long> heard = new HashMap<>();
        peers.forEach((id, peer) -> heard.put(id, peer.number));
        bus.publishHeartbeat(new Heartbeat(self.apply(lagMs), beats, heard));
        tell();
    }

    private void heard(Heartbeat beat) {
        String own = bus.nodeId();
        String id = beat.node().id();
        if (id.equals(own)) {
            return;
        }
        Peer known = peers.get(id);
        Peer peer = known == null ? new Peer(beat.node(), beats) : known;
        peer.info = beat.node();
        peer.heardNanos = System.nanoTime();
        peer.number = beat.number();
        peer.heardOfUs = beat.heard().getOrDefault(own, 0L);
        peers.put(id, peer);
        if (known == null) {
            LOG.info("node {} ({}) is there", beat.node().name(), id);
            bus.came(id);
            tell();
        }
    }

    /** The cluster has given up a node. Called from any thread. */
    public void left(String id) {
        context.runOnContext(ignored -> {
            forget(id);
            tell();
        });
    }

    private void forget(String id) {
        Peer peer = peers.remove(id);
        if (peer != null) {
            LOG.info("node {} ({}) is gone", peer.info.name(), id);
            bus.left(id);
        }
    }

    private void tell() {
        NodeInfo own = self.apply(lagMs);
        Map<String, NodeInfo> now = new TreeMap<>();
        now.put(own.id(), own);
        peers.forEach((id, peer) -> now.put(id, peer.info));
        present = Map.copyOf(now);
        bus.events().nodes(now.size());
        changed.run();
    }

    /** This node and all others that are there. Called from any thread. */
    public Collection<NodeInfo> present() {
        return present.values();
    }

    /** Ids of those that run a kind, in an order that is the same on every call. */
    public List<String> running(VerticleKind kind) {
        return present().stream()
                .filter(node -> !node.draining() && node.instances().getOrDefault(kind, 0) > 0)
                .map(NodeInfo::id)
                .sorted()
                .toList();
    }
}

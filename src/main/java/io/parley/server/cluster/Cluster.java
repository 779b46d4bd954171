package io.parley.server.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Vert.x of this node, alone or as a member of a cluster.
 *
 * <p>Leaving is orderly: {@link Vertx#close} hands over what this member keeps for others before it goes.
 */
public final class Cluster {
    /** Under which vertx-hazelcast tells the other members which Vert.x node a member is. */
    private static final String NODE_ID = "__vertx.nodeId";

    private final Vertx vertx;
    private final String nodeId;
    private final @Nullable HazelcastInstance hazelcast;

    private Cluster(Vertx vertx, String nodeId, @Nullable HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.nodeId = nodeId;
        this.hazelcast = hazelcast;
    }

    /**
     * Joins the cluster that the configuration names, or begins it. Fails when its address cannot be bound.
     *
     * @param options for everything but the cluster
     */
    public static Future<Cluster> join(VertxBuilder builder, VertxOptions options, Config.Cluster config) {
        if (!config.enabled()) {
            return Future.succeededFuture(
                    new Cluster(builder.with(options).build(), Ids.next().toString(), null));
        }
        HazelcastClusterManager manager = new HazelcastClusterManager(HazelcastSettings.of(config));
        options.setEventBusOptions(BusSettings.of(config));
        return builder.with(options)
                .withClusterManager(manager)
                .buildClustered()
                .map(vertx -> new Cluster(vertx, manager.getNodeId(), manager.getHazelcastInstance()));
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Of this run of this node; another one after a restart. */
    public String nodeId() {
        return nodeId;
    }

    /** Where others find this member, as {@code host:port}; empty when the node is alone by configuration. */
    public String address() {
        if (hazelcast == null) {
            return "";
        }
        Address address = hazelcast.getCluster().getLocalMember().getAddress();
        return address.getHost() + ":" + address.getPort();
    }

    /** Calls back, on a thread of the cluster, with the id of each node that is gone. */
    public void onLeft(Consumer<String> handler) {
        if (hazelcast != null) {
            hazelcast.getCluster().addMembershipListener(new Leaving(handler));
        }
    }

    private record Leaving(Consumer<String> handler) implements MembershipListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            // It will make itself known.
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            Member member = event.getMember();
            String id = member.getAttribute(NODE_ID);
            handler.accept(id == null ? member.getUuid().toString() : id);
        }
    }
}

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /**
     * Calls back on threads of the cluster.
     *
     * @param left with the id of each node that is gone
     * @param returned when one that was given up has been let in again: what the halves of a cluster that was cut in two
     *     know of each other's addresses may then be incomplete
     */
    public void listen(Consumer<String> left, Runnable returned) {
        if (hazelcast != null) {
            hazelcast.getCluster().addMembershipListener(new Members(left, returned, ConcurrentHashMap.newKeySet()));
        }
    }

    /** @param given those given up */
    private record Members(Consumer<String> left, Runnable returned, Set<String> given) implements MembershipListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            if (given.remove(id(event.getMember()))) {
                returned.run();
            }
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            String id = id(event.getMember());
            given.add(id);
            left.accept(id);
        }

        private static String id(Member member) {
            String id = member.getAttribute(NODE_ID);
            return id == null ? member.getUuid().toString() : id;
        }
    }
}

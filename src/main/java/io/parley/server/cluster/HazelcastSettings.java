package io.parley.server.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** What Hazelcast is told: who may join, how soon somebody counts as gone, and to keep quiet otherwise. */
final class HazelcastSettings {
    private static final int PORTS = 21;

    /** Tells a node that hangs from one that is busy; collections of garbage must be shorter. */
    private static final int SILENCE_SECONDS = 5;

    private HazelcastSettings() {}

    static Config of(io.parley.support.Config.Cluster cluster) {
        Config config = new Config();
        config.setClusterName(cluster.name());
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        // The node itself decides when it is time to leave.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(SILENCE_SECONDS));
        config.setProperty("hazelcast.operation.call.timeout.millis", "10000");
        config.setProperty("hazelcast.wait.seconds.before.join", "1");
        // The halves of a cluster that was cut in two look for each other all the time, not after minutes.
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "2");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
        // Not by the settings for interfaces: with those, members whose names lead to other interfaces are passed over.
        config.setProperty("hazelcast.local.localAddress", numeric(cluster.host()));
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.operation.thread.count", "2");
        config.setProperty("hazelcast.operation.generic.thread.count", "2");
        config.setProperty("hazelcast.io.thread.count", "1");
        config.setProperty("hazelcast.event.thread.count", "1");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        network(config.getNetworkConfig(), cluster);
        // Those of vertx-hazelcast's own default configuration.
        config.getMultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET);
        config.getMapConfig("__vertx.haInfo").setBackupCount(1);
        config.getMapConfig("__vertx.nodeInfo").setBackupCount(1);
        return config;
    }

    private static void network(NetworkConfig network, io.parley.support.Config.Cluster cluster) {
        network.setPort(cluster.port()).setPortAutoIncrement(true).setPortCount(PORTS);
        if (!cluster.publicHost().isEmpty() || cluster.publicPort() != 0) {
            String host = cluster.publicHost().isEmpty() ? cluster.host() : cluster.publicHost();
            int port = cluster.publicPort() == 0 ? cluster.port() : cluster.publicPort();
            network.setPublicAddress(host + ":" + port);
        }
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        if (cluster.discovery().equals("kubernetes")) {
            join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", cluster.service())
                    .setProperty("service-port", String.valueOf(cluster.port()));
        } else {
            join.getTcpIpConfig()
                    .setEnabled(true)
                    .setConnectionTimeoutSeconds(3)
                    .setMembers(cluster.members());
        }
    }

    /** Members are then known by number, whatever becomes of names. */
    private static String numeric(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalStateException("cluster.host: " + host + " is not known here", unknown);
        }
    }
}

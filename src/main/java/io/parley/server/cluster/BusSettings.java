package io.parley.server.cluster;

import io.parley.support.Config;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;

/** What the event bus between nodes is told. */
final class BusSettings {
    private static final int CONNECT_MS = 3_000;

    /** A peer that does not answer is cut off, for whatever is written to it waits in our memory. */
    private static final long PING_MS = 2_000;

    private static final long PONG_MS = 3_000;

    private BusSettings() {}

    static EventBusOptions of(Config.Cluster cluster) {
        EventBusOptions options = new EventBusOptions()
                .setHost(cluster.host())
                .setPort(cluster.busPort())
                .setConnectTimeout(CONNECT_MS)
                .setClusterPingInterval(PING_MS)
                .setClusterPingReplyInterval(PONG_MS);
        options.setTcpNoDelay(true);
        if (!cluster.publicHost().isEmpty()) {
            options.setClusterPublicHost(cluster.publicHost());
        }
        if (cluster.publicBusPort() != 0) {
            options.setClusterPublicPort(cluster.publicBusPort());
        }
        if (cluster.tls()) {
            // Vert.x believes everybody here unless told otherwise.
            options.setTrustAll(false)
                    .setSsl(true)
                    .setKeyCertOptions(
                            new PemKeyCertOptions().setKeyPath(cluster.tlsKey()).setCertPath(cluster.tlsCertificate()))
                    .setTrustOptions(new PemTrustOptions().addCertPath(cluster.tlsAuthorities()))
                    .setClientAuth(ClientAuth.REQUIRED);
        }
        return options;
    }
}

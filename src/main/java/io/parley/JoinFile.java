package io.parley;

import io.parley.server.embedded.PrivateFiles;
import io.parley.support.Config;
import io.parley.support.ConfigWriter;
import io.parley.support.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration for more nodes on this machine, written by one that has brought its own servers along: they use
 * its PostgreSQL, its Redis and its keys, and join it. Only the owner may read it.
 */
final class JoinFile {
    private static final Logger LOG = LoggerFactory.getLogger(JoinFile.class);
    private static final String NAME = "join.yaml";

    private JoinFile() {}

    /**
     * @param config with the addresses of the servers that run
     * @param address where others find this node
     */
    static void write(Config config, String address) {
        Path data = Path.of(config.data()).toAbsolutePath().normalize();
        try {
            PrivateFiles.write(data.resolve(NAME), ConfigWriter.yaml(joining(config, data, address)));
        } catch (IOException unwritable) {
            LOG.warn("{} cannot be written: {}", data.resolve(NAME), unwritable.toString());
        }
    }

    private static Config joining(Config config, Path data, String address) throws IOException {
        return new Config(
                data.toString(),
                new Config.Node(""),
                joining(config.cluster(), address),
                anyPort(config.http()),
                anyPort(config.session()),
                new Config.Management(config.management().host(), 0),
                config.postgres(),
                config.redis(),
                config.instances(),
                withKeys(config.auth(), data),
                config.limits(),
                config.presence(),
                config.previews(),
                config.journal(),
                config.log());
    }

    private static Config.Cluster joining(Config.Cluster cluster, String address) {
        return new Config.Cluster(
                "members",
                List.of(address),
                "",
                cluster.name(),
                cluster.host(),
                cluster.port(),
                0,
                cluster.publicHost(),
                0,
                0,
                cluster.addressesAbove(),
                cluster.tlsKey(),
                cluster.tlsCertificate(),
                cluster.tlsAuthorities());
    }

    private static Config.Http anyPort(Config.Http http) {
        return new Config.Http(
                http.host(),
                0,
                http.publicUrl(),
                http.maxBodyBytes(),
                http.maxConnections(),
                http.allowedOrigins(),
                http.trustedProxies());
    }

    private static Config.Session anyPort(Config.Session session) {
        return new Config.Session(
                session.host(),
                0,
                session.publicUrl(),
                session.eventsUrl(),
                session.allowedOrigins(),
                session.maxFrameBytes(),
                session.helloTimeoutMs(),
                session.heartbeatMs(),
                session.maxSessions(),
                session.maxSessionsPerUser(),
                session.maxConnectionsPerAddress(),
                session.maxUnauthenticatedPerAddress(),
                session.outboundBytes(),
                session.pendingCommands(),
                session.commandsPerSecond(),
                session.commandBurst(),
                session.drainMs());
    }

    private static Config.Auth withKeys(Config.Auth auth, Path data) throws IOException {
        String keys = auth.keys().isEmpty()
                ? data.resolve("keys").toString()
                : Path.of(auth.keys()).toAbsolutePath().toString();
        Secret operator = auth.operatorKey().isEmpty()
                ? new Secret(Files.readString(data.resolve("operator.key")).strip())
                : auth.operatorKey();
        return new Config.Auth(
                keys,
                auth.signingKey(),
                auth.issuer(),
                auth.accessTokenSeconds(),
                auth.refreshTokenDays(),
                auth.registration(),
                auth.passwordMinLength(),
                auth.loginFailuresPerAccount(),
                auth.loginFailuresPerAddress(),
                auth.hashThreads(),
                auth.hashQueue(),
                operator,
                auth.issuers());
    }
}

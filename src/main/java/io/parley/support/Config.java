package io.parley.support;

import java.util.List;

/**
 * The configuration of a node as a tree of records, read once, validated whole and never asked by string. Meaning,
 * unit and default of each key are in {@code conf/parley.yaml}, the one place of all defaults.
 */
public record Config(
        String data,
        Node node,
        Cluster cluster,
        Http http,
        Session session,
        Management management,
        Postgres postgres,
        Redis redis,
        Instances instances,
        Auth auth,
        Limits limits,
        Presence presence,
        Previews previews,
        Journal journal,
        Log log) {

    /** What operators see of this node. */
    public record Node(String name) {}

    /** How this node finds others, and how they reach it. */
    public record Cluster(
            String discovery,
            List<String> members,
            String service,
            String name,
            String host,
            int port,
            int busPort,
            String publicHost,
            int publicPort,
            int publicBusPort,
            int addressesAbove,
            String tlsKey,
            String tlsCertificate,
            String tlsAuthorities) {
        /** False when the node is alone by configuration: it opens no port for others. */
        public boolean enabled() {
            return !discovery.equals("none");
        }

        /** Whether the event bus between nodes is encrypted. */
        public boolean tls() {
            return !tlsKey.isEmpty();
        }
    }

    public record Http(
            String host,
            int port,
            String publicUrl,
            int maxBodyBytes,
            int maxConnections,
            List<String> allowedOrigins,
            List<String> trustedProxies) {}

    public record Session(
            String host,
            int port,
            String publicUrl,
            String eventsUrl,
            List<String> allowedOrigins,
            int maxFrameBytes,
            long helloTimeoutMs,
            long heartbeatMs,
            int maxSessions,
            int maxSessionsPerUser,
            int maxConnectionsPerAddress,
            int maxUnauthenticatedPerAddress,
            int outboundBytes,
            int pendingCommands,
            int commandsPerSecond,
            int commandBurst,
            long drainMs) {}

    public record Management(String host, int port) {}

    public record Postgres(
            String host,
            int port,
            String database,
            String user,
            Secret password,
            String sslMode,
            int poolSize,
            int maxWaiting,
            boolean synchronousFailover) {
        /** True when the node runs its own server in the data directory. */
        public boolean embedded() {
            return host.isEmpty();
        }
    }

    public record Redis(String host, int port, Secret password, boolean tls) {
        /** True when the node runs its own server in the data directory. */
        public boolean embedded() {
            return host.isEmpty();
        }
    }

    public record Instances(int http, int session, int persistence, int presence, int jobs) {
        /** Of one kind, on one node. */
        public static final int MOST = 64;

        public int of(VerticleKind kind) {
            return switch (kind) {
                case HTTP -> http;
                case SESSION -> session;
                case PERSISTENCE -> persistence;
                case PRESENCE -> presence;
                case JOBS -> jobs;
            };
        }
    }

    public record Auth(
            String keys,
            String signingKey,
            String issuer,
            int accessTokenSeconds,
            int refreshTokenDays,
            boolean registration,
            int passwordMinLength,
            int loginFailuresPerAccount,
            int loginFailuresPerAddress,
            int hashThreads,
            int hashQueue,
            Secret operatorKey,
            List<Issuer> issuers) {}

    /** A backend whose tokens are access tokens here; either a PEM file or a JWKS address holds its keys. */
    public record Issuer(String issuer, String audience, String publicKeyFile, String jwksUrl, String tenant) {}

    public record Limits(
            int messagesPerMinute,
            int conversationsPerHour,
            int joinsPerHour,
            int requestsPerMinute,
            int anonymousRequestsPerMinute,
            int searchesPerMinute,
            int pollsPerMinute,
            int tenantMessagesPerSecond,
            int tenantRequestsPerSecond,
            int textBytes,
            int editSeconds,
            int liveLocationHours,
            int emojiPerMessage,
            int emojiPerPerson,
            int pins,
            int groupMembers,
            int pinnedConversations,
            int hiddenMessages,
            int stars,
            int drafts,
            int threadsFollowed,
            int receiptsLiveMembers,
            int scheduledMessages,
            int scheduledLateHours,
            int disappearLeastSeconds,
            int disappearMostSeconds,
            int discoveryHashesPerDay,
            int restoreDays) {}

    public record Presence(long awayAfterMs, int watchLimit, int watchTotal) {}

    public record Previews(
            boolean enabled,
            String userAgent,
            List<String> allowHosts,
            List<String> denyHosts,
            List<String> ports,
            List<String> privateNetworks) {}

    public record Journal(long pollMs, int keepDays, boolean repair) {}

    public record Log(String format, String level) {}
}

package io.parley.support;

import io.netty.util.NetUtil;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the values of a configuration must be, beyond their types, each alone and together. */
final class ConfigRules {
    private static final int MIB = 1024 * 1024;

    /** Room for what surrounds a text in a frame or a body. */
    private static final int ENVELOPE_BYTES = 1024;

    private static final int MOST_OF_RATES = 1_000_000;

    /** Each is kept for an hour, as one of a list. */
    private static final int MOST_AN_HOUR = 1_000;

    private final List<String> problems = new ArrayList<>();

    private ConfigRules() {}

    static List<String> problems(Config config) {
        ConfigRules rules = new ConfigRules();
        rules.filled("data", config.data());
        rules.cluster(config.cluster());
        rules.http(config.http(), config.limits());
        rules.session(config.session(), config.limits());
        rules.filled("management.host", config.management().host());
        rules.port("management.port", config.management().port());
        rules.distinctPorts(config);
        rules.stores(config.postgres(), config.redis());
        rules.instances(config.instances(), config.session(), config.cluster());
        rules.auth(config.auth(), config.postgres());
        rules.limits(config.limits());
        rules.rates(config.limits());
        rules.presence(config.presence());
        rules.previews(config.previews());
        rules.range("journal.pollMs", config.journal().pollMs(), 50, 60_000);
        rules.range("journal.keepDays", config.journal().keepDays(), 1, 365);
        rules.oneOf("log.format", config.log().format(), Set.of("plain", "json"));
        rules.oneOf("log.level", config.log().level(), Set.of("error", "warn", "info", "debug"));
        return rules.problems;
    }

    private void cluster(Config.Cluster cluster) {
        oneOf("cluster.discovery", cluster.discovery(), Set.of("none", "members", "kubernetes"));
        if (cluster.discovery().equals("members")) {
            if (cluster.members().isEmpty()) {
                problem("cluster.members", "must list at least one address when cluster.discovery is members");
            }
            each("cluster.members", cluster.members(), this::filled);
        } else if (cluster.discovery().equals("kubernetes")) {
            filled("cluster.service", cluster.service());
        }
        filled("cluster.name", cluster.name());
        filled("cluster.host", cluster.host());
        if (cluster.enabled() && List.of("0.0.0.0", "::").contains(cluster.host())) {
            problem("cluster.host", "must be one private address, not all of them");
        }
        range("cluster.port", cluster.port(), 1, 65_535);
        port("cluster.busPort", cluster.busPort());
        port("cluster.publicPort", cluster.publicPort());
        port("cluster.publicBusPort", cluster.publicBusPort());
        atLeast("cluster.addressesAbove", cluster.addressesAbove(), 0);
        List<String> tls = List.of(cluster.tlsKey(), cluster.tlsCertificate(), cluster.tlsAuthorities());
        if (tls.stream().anyMatch(String::isEmpty) && !tls.stream().allMatch(String::isEmpty)) {
            problem("cluster.tlsKey", "must be given together with cluster.tlsCertificate and cluster.tlsAuthorities");
        }
    }

    private void http(Config.Http http, Config.Limits limits) {
        filled("http.host", http.host());
        port("http.port", http.port());
        if (!http.publicUrl().isEmpty()) {
            origin("http.publicUrl", http.publicUrl());
        }
        range("http.maxBodyBytes", http.maxBodyBytes(), limits.textBytes() + ENVELOPE_BYTES, 64 * MIB);
        atLeast("http.maxConnections", http.maxConnections(), 1);
        each("http.allowedOrigins", http.allowedOrigins(), this::origin);
        each("http.trustedProxies", http.trustedProxies(), this::network);
    }

    private void session(Config.Session session, Config.Limits limits) {
        filled("session.host", session.host());
        port("session.port", session.port());
        if (!session.publicUrl().isEmpty()) {
            url("session.publicUrl", session.publicUrl(), Set.of("ws", "wss"));
        }
        if (!session.eventsUrl().isEmpty()) {
            url("session.eventsUrl", session.eventsUrl(), Set.of("http", "https"));
        }
        if (!session.allowedOrigins().equals(List.of("*"))) {
            each("session.allowedOrigins", session.allowedOrigins(), this::origin);
        }
        range("session.maxFrameBytes", session.maxFrameBytes(), limits.textBytes() + ENVELOPE_BYTES, 16 * MIB);
        range("session.helloTimeoutMs", session.helloTimeoutMs(), 100, 600_000);
        range("session.heartbeatMs", session.heartbeatMs(), 100, 600_000);
        atLeast("session.maxSessions", session.maxSessions(), 1);
        atLeast("session.maxSessionsPerUser", session.maxSessionsPerUser(), 1);
        atLeast("session.maxConnectionsPerAddress", session.maxConnectionsPerAddress(), 1);
        atLeast("session.maxUnauthenticatedPerAddress", session.maxUnauthenticatedPerAddress(), 1);
        range("session.outboundBytes", session.outboundBytes(), session.maxFrameBytes(), 1024 * MIB);
        atLeast("session.pendingCommands", session.pendingCommands(), 1);
        atLeast("session.commandsPerSecond", session.commandsPerSecond(), 1);
        atLeast("session.commandBurst", session.commandBurst(), session.commandsPerSecond());
        range("session.drainMs", session.drainMs(), 0, 600_000);
    }

    private void distinctPorts(Config config) {
        Map<Integer, String> taken = new HashMap<>();
        record Binding(String key, int port) {}
        for (Binding binding : List.of(
                new Binding("http.port", config.http().port()),
                new Binding("session.port", config.session().port()),
                new Binding("management.port", config.management().port()))) {
            String other = binding.port() == 0 ? null : taken.putIfAbsent(binding.port(), binding.key());
            if (other != null) {
                problem(binding.key(), "must differ from " + other);
            }
        }
    }

    private void stores(Config.Postgres postgres, Config.Redis redis) {
        range("postgres.port", postgres.port(), postgres.embedded() ? 0 : 1, 65_535);
        filled("postgres.database", postgres.database());
        filled("postgres.user", postgres.user());
        oneOf(
                "postgres.sslMode",
                postgres.sslMode(),
                Set.of("disable", "prefer", "require", "verify-ca", "verify-full"));
        range("postgres.poolSize", postgres.poolSize(), 1, 200);
        atLeast("postgres.maxWaiting", postgres.maxWaiting(), 1);
        range("redis.port", redis.port(), redis.embedded() ? 0 : 1, 65_535);
    }

    private void instances(Config.Instances instances, Config.Session session, Config.Cluster cluster) {
        for (VerticleKind kind : VerticleKind.values()) {
            range("instances." + kind.key(), instances.of(kind), 0, Config.Instances.MOST);
        }
        if (!cluster.enabled() && (instances.persistence() == 0 || instances.session() + instances.http() == 0)) {
            problem("instances", "a node that is alone needs persistence, and session or http");
        }
        if (instances.http() > 0
                && instances.session() == 0
                && session.publicUrl().isEmpty()) {
            problem("session.publicUrl", "must say where the nodes with sessions are; this one has none");
        }
    }

    private void auth(Config.Auth auth, Config.Postgres postgres) {
        if (auth.keys().isEmpty()) {
            if (!postgres.embedded()) {
                problem("auth.keys", "must name a directory when postgres.host is set, the same on all nodes");
            }
        } else if (!Files.isDirectory(Path.of(auth.keys()))) {
            problem("auth.keys", "must be a directory");
        }
        filled("auth.issuer", auth.issuer());
        range("auth.accessTokenSeconds", auth.accessTokenSeconds(), 30, 86_400);
        range("auth.refreshTokenDays", auth.refreshTokenDays(), 1, 3_650);
        range("auth.passwordMinLength", auth.passwordMinLength(), 8, 200);
        atLeast("auth.loginFailuresPerAccount", auth.loginFailuresPerAccount(), 1);
        atLeast("auth.loginFailuresPerAddress", auth.loginFailuresPerAddress(), 1);
        range("auth.hashThreads", auth.hashThreads(), 1, 64);
        atLeast("auth.hashQueue", auth.hashQueue(), 1);
        if (!auth.operatorKey().isEmpty() && auth.operatorKey().reveal().length() < 32) {
            problem("auth.operatorKey", "must have at least 32 characters");
        }
        for (int i = 0; i < auth.issuers().size(); i++) {
            issuer("auth.issuers[" + i + "]", auth.issuers().get(i));
        }
    }

    private void issuer(String path, Config.Issuer issuer) {
        filled(path + ".issuer", issuer.issuer());
        filled(path + ".audience", issuer.audience());
        filled(path + ".tenant", issuer.tenant());
        if (issuer.publicKeyFile().isEmpty() == issuer.jwksUrl().isEmpty()) {
            problem(path, "must have either publicKeyFile or jwksUrl");
        } else if (!issuer.jwksUrl().isEmpty()) {
            url(path + ".jwksUrl", issuer.jwksUrl(), Set.of("http", "https"));
        } else if (!Files.isRegularFile(Path.of(issuer.publicKeyFile()))) {
            problem(path + ".publicKeyFile", "must be a file");
        }
    }

    private void limits(Config.Limits limits) {
        range("limits.textBytes", limits.textBytes(), 1, MIB);
        atLeast("limits.editSeconds", limits.editSeconds(), 0);
        range("limits.liveLocationHours", limits.liveLocationHours(), 0, 24);
        atLeast("limits.scheduledMessages", limits.scheduledMessages(), 0);
        atLeast("limits.scheduledLateHours", limits.scheduledLateHours(), 0);
        range("limits.disappearLeastSeconds", limits.disappearLeastSeconds(), 1, limits.disappearMostSeconds());
        range("limits.disappearMostSeconds", limits.disappearMostSeconds(), 1, 3_650 * 86_400);
        range("limits.emojiPerMessage", limits.emojiPerMessage(), 1, 1_000);
        range("limits.emojiPerPerson", limits.emojiPerPerson(), 1, limits.emojiPerMessage());
        range("limits.pins", limits.pins(), 1, 1_000);
        atLeast("limits.groupMembers", limits.groupMembers(), 2);
        range("limits.pinnedConversations", limits.pinnedConversations(), 1, 1_000);
        range("limits.hiddenMessages", limits.hiddenMessages(), 1, 100_000);
        range("limits.stars", limits.stars(), 1, 100_000);
        range("limits.drafts", limits.drafts(), 1, 10_000);
        range("limits.threadsFollowed", limits.threadsFollowed(), 1, 10_000);
        atLeast("limits.receiptsLiveMembers", limits.receiptsLiveMembers(), 0);
        range("limits.discoveryHashesPerDay", limits.discoveryHashesPerDay(), 500, 1_000_000);
        range("limits.restoreDays", limits.restoreDays(), 1, 3_650);
    }

    private void rates(Config.Limits limits) {
        range("limits.messagesPerMinute", limits.messagesPerMinute(), 0, MOST_OF_RATES);
        range("limits.conversationsPerHour", limits.conversationsPerHour(), 0, MOST_AN_HOUR);
        range("limits.joinsPerHour", limits.joinsPerHour(), 0, MOST_AN_HOUR);
        range("limits.requestsPerMinute", limits.requestsPerMinute(), 0, MOST_OF_RATES);
        range("limits.anonymousRequestsPerMinute", limits.anonymousRequestsPerMinute(), 0, MOST_OF_RATES);
        range("limits.searchesPerMinute", limits.searchesPerMinute(), 0, MOST_OF_RATES);
        range("limits.pollsPerMinute", limits.pollsPerMinute(), 0, MOST_OF_RATES);
        range("limits.tenantMessagesPerSecond", limits.tenantMessagesPerSecond(), 0, MOST_OF_RATES);
        range("limits.tenantRequestsPerSecond", limits.tenantRequestsPerSecond(), 0, MOST_OF_RATES);
    }

    private void presence(Config.Presence presence) {
        range("presence.awayAfterMs", presence.awayAfterMs(), 1_000, 86_400_000);
        range("presence.watchLimit", presence.watchLimit(), 1, 100_000);
        atLeast("presence.watchTotal", presence.watchTotal(), presence.watchLimit());
    }

    private void previews(Config.Previews previews) {
        each("previews.allowHosts", previews.allowHosts(), this::hostName);
        each("previews.denyHosts", previews.denyHosts(), this::hostName);
        each("previews.ports", previews.ports(), this::webPort);
        each("previews.privateNetworks", previews.privateNetworks(), this::network);
        if (!previews.userAgent().matches("[\\x20-\\x7e]*")) {
            problem("previews.userAgent", "must be plain ASCII");
        }
    }

    private interface Rule {
        void check(String path, String value);
    }

    private void each(String path, List<String> values, Rule rule) {
        for (int i = 0; i < values.size(); i++) {
            rule.check(path + "[" + i + "]", values.get(i));
        }
    }

    private void filled(String path, String value) {
        if (value.isBlank()) {
            problem(path, "must not be empty");
        }
    }

    private void port(String path, int value) {
        range(path, value, 0, 65_535);
    }

    private void range(String path, long value, long least, long most) {
        if (value < least || value > most) {
            problem(path, "must be " + least + " to " + most);
        }
    }

    private void atLeast(String path, long value, long least) {
        if (value < least) {
            problem(path, "must be at least " + least);
        }
    }

    private void oneOf(String path, String value, Set<String> words) {
        if (!words.contains(value)) {
            problem(
                    path,
                    "must be one of "
                            + String.join(", ", words.stream().sorted().toList()));
        }
    }

    private void url(String path, String value, Set<String> schemes) {
        try {
            URI url = URI.create(value);
            if (schemes.contains(url.getScheme()) && url.getHost() != null && url.getUserInfo() == null) {
                return;
            }
        } catch (IllegalArgumentException bad) {
            // falls through to the one problem below
        }
        problem(
                path,
                "must be a URL that begins with "
                        + String.join(":// or ", schemes.stream().sorted().toList()) + "://");
    }

    /** Scheme, host and port, as browsers send it. */
    private void origin(String path, String value) {
        if (!value.matches("https?://[a-z0-9.\\[\\]:-]+")) {
            problem(path, "must be an origin such as https://chat.example.org, in lower case and without a path");
        }
    }

    /** As links are compared with it. */
    private void hostName(String path, String value) {
        if (!value.matches("[a-z0-9_-]+(\\.[a-z0-9_-]+)*|[0-9a-f:.]+")) {
            problem(path, "must be a host name in lower case, other scripts as xn--…, or an address");
        }
    }

    private void webPort(String path, String value) {
        if (!value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > 65_535) {
            problem(path, "must be a port");
        }
    }

    private void network(String path, String value) {
        int slash = value.indexOf('/');
        String address = slash < 0 ? value : value.substring(0, slash);
        boolean v4 = NetUtil.isValidIpV4Address(address);
        boolean good = v4 || NetUtil.isValidIpV6Address(address);
        if (good && slash >= 0) {
            String bits = value.substring(slash + 1);
            good = bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= (v4 ? 32 : 128);
        }
        if (!good) {
            problem(path, "must be an IP address or a network such as 10.0.0.0/8");
        }
    }

    private void problem(String path, String what) {
        problems.add(path + ": " + what);
    }
}

package io.parley.support.testing.node;

import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.embedded.RedisEndpoint;
import io.parley.support.Ids;
import io.parley.support.testing.TestServers;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.Route;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * Several nodes on one PostgreSQL and one Redis of their own, with every way between them through a {@link Network}
 * that can be broken, and clients that go to any of the nodes. All of it ends when it is closed. Methods block; nodes
 * count from 0 and are added only by the thread that made the cluster.
 */
public final class Cluster implements AutoCloseable {
    /** A call that a node does not answer is better repeated on another. */
    private static final long CALL_MS = 10_000;

    private final Path directory;
    private final TestServers servers = TestServers.start();
    private final ServerUnderNode postgres = ServerUnderNode.postgres(servers.directory());
    private final ServerUnderNode redis = ServerUnderNode.redis(servers.directory());
    private final String operatorKey = Ids.next().toString();
    private final UnaryOperator<NodeConfig> settings;
    private final Network network;
    private final List<TestNode> nodes = new CopyOnWriteArrayList<>();
    private final List<NodeClock> clocks = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private final List<ClientHost> hosts = new CopyOnWriteArrayList<>();
    private final ClientHost clients;

    private Cluster(Path directory, int most, UnaryOperator<NodeConfig> settings) {
        this.directory = directory;
        this.settings = settings;
        SigningKeys.loadOrMake(directory.resolve("keys"), "");
        PostgresEndpoint database = servers.postgres();
        RedisEndpoint cache = servers.redis();
        this.network = new Network(
                most,
                new InetSocketAddress(database.host(), database.port()),
                new InetSocketAddress(cache.host(), cache.port()),
                () -> nodes.stream().map(TestNode::pid).toList());
        for (int node = 0; node < most; node++) {
            clocks.add(new NodeClock(directory.resolve("clock-" + node)));
        }
        this.clients = host(anyNode());
    }

    /** As many nodes as are wanted, with the shipped settings. */
    public static Cluster start(int nodes) {
        Cluster cluster = prepare(nodes, config -> config);
        cluster.add(nodes);
        return cluster;
    }

    /**
     * Servers, proxies and clients, but no nodes yet.
     *
     * @param most how many nodes there can be
     * @param settings what differs from the shipped configuration
     */
    public static Cluster prepare(int most, UnaryOperator<NodeConfig> settings) {
        try {
            return new Cluster(Files.createTempDirectory("parley-cluster-").toRealPath(), most, settings);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts more nodes, all at once, and returns when all serve. */
    public void add(int count) {
        int first = nodes.size();
        for (int node = first; node < first + count; node++) {
            nodes.add(TestNode.of(config(node)));
        }
        List<CompletableFuture<Void>> starts = nodes.subList(first, first + count).stream()
                .map(node -> CompletableFuture.runAsync(node::start, Thread::startVirtualThread))
                .toList();
        starts.forEach(CompletableFuture::join);
    }

    private NodeConfig config(int node) {
        PostgresEndpoint database = servers.postgres();
        NodeConfig shared = NodeConfig.on(directory.resolve("node-" + node))
                .with("postgres.database", database.database())
                .with("postgres.user", database.user())
                .with("postgres.password", database.password())
                .with("redis.password", servers.redis().password())
                .with("auth.keys", directory.resolve("keys").toString())
                .with("auth.operatorKey", operatorKey)
                .with("node.name", "node-" + node);
        NodeConfig connected = network.connect(node, shared);
        NodeConfig clocked = NodeClock.library()
                .map(library -> connected.withVariables(clocks.get(node).variables(library)))
                .orElse(connected);
        return settings.apply(clocked);
    }

    public int size() {
        return nodes.size();
    }

    public TestNode node(int number) {
        return nodes.get(number);
    }

    /** Moves only when {@link NodeClock#library} is there. */
    public NodeClock clock(int node) {
        return clocks.get(node);
    }

    public Network network() {
        return network;
    }

    public ServerUnderNode postgres() {
        return postgres;
    }

    public ServerUnderNode redis() {
        return redis;
    }

    /** Has Redis forget everything. */
    public void flushRedis() {
        RedisEndpoint endpoint = servers.redis();
        try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
            String commands = "AUTH " + endpoint.password() + "\r\nFLUSHALL\r\nQUIT\r\n";
            socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.equals("+OK\r\n+OK\r\n+OK\r\n")) {
                throw new IllegalStateException("Redis was not flushed: " + answer);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts PostgreSQL again after its end; returns when it listens. */
    public void startPostgres() {
        postgres.startUntilItListens(servers.postgres().port());
    }

    /** Starts Redis again after its end; returns when it listens. */
    public void startRedis() {
        redis.startUntilItListens(servers.redis().port());
    }

    /** A connection to the database, around all nodes. */
    public Connection database() throws SQLException {
        return DriverManager.getConnection(servers.url(servers.postgres().database()) + "&currentSchema=parley");
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Of clients that go to any node, and to another one when theirs is gone. */
    public ClientHost clients() {
        return clients;
    }

    /** Of clients that go to this node as long as it takes them, and then to any. */
    public ClientHost clientsPreferring(int node) {
        return host(anyNode().after(() -> node(node).endpoints()));
    }

    /** Of clients that go to this node and no other. */
    public ClientHost clientsOf(int node) {
        return host(failed -> node(node).endpoints());
    }

    private Route anyNode() {
        return Route.among(() -> nodes.stream()
                .filter(TestNode::hasServed)
                .map(TestNode::endpoints)
                .toList());
    }

    private ClientHost host(Route route) {
        ClientHost host = new ClientHost(vertx, route, CALL_MS);
        hosts.add(host);
        return host;
    }

    public OperatorApi operator() {
        return operator(clients);
    }

    /** The operator, asking where these clients ask. */
    public OperatorApi operator(ClientHost through) {
        return new OperatorApi(through.rest(), operatorKey);
    }

    @Override
    public void close() {
        hosts.forEach(ClientHost::close);
        vertx.close().await();
        network.open();
        nodes.forEach(TestNode::close);
        network.close();
        postgres.killForcibly();
        redis.killForcibly();
        servers.close();
        RunningNode.delete(directory);
    }
}

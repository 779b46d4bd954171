package io.parley.support.testing.node;

import io.parley.support.testing.network.Link;
import io.parley.support.testing.network.Proxy;
import io.parley.support.testing.network.SocketOwner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * All ways between the nodes of a cluster, and from each to PostgreSQL and Redis. Each leads through a proxy and can be
 * cut alone: a node announces the proxies before it to the others, and such a proxy finds out which node has made a
 * connection by the process that holds its other end. Nodes count from 0. Any thread.
 */
public final class Network implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    /** Below those that the system gives away, so that nobody gets what a node that is down will want again. */
    private static final int FIRST_PORT = 21_000;

    private static final int LAST_PORT = 32_000;

    private final List<Node> nodes = new ArrayList<>();
    private final Supplier<List<Long>> pids;
    /** Of connections whose maker is gone before he could be known. */
    private final Link strangers = new Link();

    /** What stands around one node; the links are those of the others towards it, by their number. */
    private record Node(
            Link postgres,
            Link redis,
            Proxy toPostgres,
            Proxy toRedis,
            InetSocketAddress membership,
            InetSocketAddress bus,
            Proxy beforeMembership,
            Proxy beforeBus,
            List<Link> towardsMembership,
            List<Link> towardsBus) {}

    /** @param pids of the nodes that have been started, by number */
    Network(int size, InetSocketAddress postgres, InetSocketAddress redis, Supplier<List<Long>> pids) {
        this.pids = pids;
        strangers.refuse();
        for (int node = 0; node < size; node++) {
            Link toPostgres = new Link();
            Link toRedis = new Link();
            InetSocketAddress membership = freePort();
            InetSocketAddress bus = freePort();
            List<Link> towardsMembership = links(size);
            List<Link> towardsBus = links(size);
            nodes.add(new Node(
                    toPostgres,
                    toRedis,
                    Proxy.to(postgres, toPostgres),
                    Proxy.to(redis, toRedis),
                    membership,
                    bus,
                    before(membership, towardsMembership),
                    before(bus, towardsBus),
                    towardsMembership,
                    towardsBus));
        }
    }

    private static List<Link> links(int size) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            links.add(new Link());
        }
        return List.copyOf(links);
    }

    private Proxy before(InetSocketAddress target, List<Link> towards) {
        AtomicInteger port = new AtomicInteger();
        Proxy proxy = Proxy.to(target, from -> {
            List<Long> known = pids.get();
            return SocketOwner.find(from.getPort(), port.get(), known)
                    .map(pid -> towards.get(known.indexOf(pid)))
                    .orElse(strangers);
        });
        port.set(proxy.port());
        return proxy;
    }

    private static InetSocketAddress freePort() {
        while (true) {
            InetSocketAddress address =
                    new InetSocketAddress(HOST, ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT));
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(address);
                return address;
            } catch (BindException taken) {
                // Then another one.
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /** Has the node reach servers and other nodes through proxies, and be reached through its own. */
    NodeConfig connect(int node, NodeConfig config) {
        Node there = nodes.get(node);
        String members = nodes.stream()
                .map(other -> other.beforeMembership.host() + ":" + other.beforeMembership.port())
                .collect(Collectors.joining(","));
        return config.with("postgres.host", there.toPostgres.host())
                .with("postgres.port", Integer.toString(there.toPostgres.port()))
                .with("redis.host", there.toRedis.host())
                .with("redis.port", Integer.toString(there.toRedis.port()))
                .with("cluster.discovery", "members")
                .with("cluster.members", members)
                .with("cluster.host", HOST)
                .with("cluster.port", Integer.toString(there.membership.getPort()))
                .with("cluster.busPort", Integer.toString(there.bus.getPort()))
                .with("cluster.publicHost", there.beforeMembership.host())
                .with("cluster.publicPort", Integer.toString(there.beforeMembership.port()))
                .with("cluster.publicBusPort", Integer.toString(there.beforeBus.port()));
    }

    public Link postgres(int node) {
        return nodes.get(node).postgres;
    }

    public Link redis(int node) {
        return nodes.get(node).redis;
    }

    /** Over which one node speaks of members to another; the other way is a link of its own. */
    public Link membership(int from, int to) {
        return nodes.get(to).towardsMembership.get(from);
    }

    /** Over which one node publishes to another. */
    public Link bus(int from, int to) {
        return nodes.get(to).towardsBus.get(from);
    }

    /** Mends everything. */
    public void open() {
        for (Node node : nodes) {
            node.postgres.open();
            node.redis.open();
            node.towardsMembership.forEach(Link::open);
            node.towardsBus.forEach(Link::open);
        }
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            node.toPostgres.close();
            node.toRedis.close();
            node.beforeMembership.close();
            node.beforeBus.close();
        }
    }
}

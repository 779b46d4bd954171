package io.parley.support.testing.node;

import io.parley.support.testing.network.Link;
import io.parley.support.testing.network.Proxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * All ways between the nodes of a cluster, and from each to PostgreSQL and Redis. Each leads through a proxy and can be
 * cut alone: a node connects to others from a loopback address of its own, by which the proxy before the other knows
 * it. Nodes count from 0. Any thread.
 */
public final class Network implements AutoCloseable {
    private static final int FIRST_HOST = 11;

    private final List<Node> nodes = new ArrayList<>();

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

    Network(int size, InetSocketAddress postgres, InetSocketAddress redis) {
        for (int node = 0; node < size; node++) {
            Link toPostgres = new Link();
            Link toRedis = new Link();
            InetSocketAddress membership = freePort(host(node));
            InetSocketAddress bus = freePort(host(node));
            List<Link> towardsMembership = links(size);
            List<Link> towardsBus = links(size);
            nodes.add(new Node(
                    toPostgres,
                    toRedis,
                    Proxy.to(postgres, toPostgres),
                    Proxy.to(redis, toRedis),
                    membership,
                    bus,
                    Proxy.to(membership, from -> towardsMembership.get(number(from))),
                    Proxy.to(bus, from -> towardsBus.get(number(from))),
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

    private static String host(int node) {
        return "127.0.0." + (FIRST_HOST + node);
    }

    private static int number(InetAddress host) {
        return host.getAddress()[3] - FIRST_HOST;
    }

    /** Nobody else binds there, so it stays free. */
    private static InetSocketAddress freePort(String host) {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return new InetSocketAddress(InetAddress.getByName(host), probe.getLocalPort());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Has the node reach the servers through its proxies. */
    NodeConfig connect(int node, NodeConfig config) {
        Node there = nodes.get(node);
        return config.with("postgres.host", there.toPostgres.host())
                .with("postgres.port", Integer.toString(there.toPostgres.port()))
                .with("redis.host", there.toRedis.host())
                .with("redis.port", Integer.toString(there.toRedis.port()));
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

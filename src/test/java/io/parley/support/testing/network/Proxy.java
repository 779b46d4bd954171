package io.parley.support.testing.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Stands before a server on the loopback interface and passes on what comes, as far as the {@link Link} of the one who
 * connects lets it.
 */
public final class Proxy implements AutoCloseable {
    private static final int BACKLOG = 256;
    private static final String HOST = "127.0.0.1";

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Function<InetSocketAddress, Link> links;
    private final Set<Link> used = ConcurrentHashMap.newKeySet();

    private Proxy(InetSocketAddress target, Function<InetSocketAddress, Link> links) {
        this.target = target;
        this.links = links;
        try {
            this.server = new ServerSocket(0, BACKLOG, InetAddress.getByName(HOST));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().name("proxy-" + target).start(this::accept);
    }

    /** All who connect share a link. */
    public static Proxy to(InetSocketAddress target, Link link) {
        return new Proxy(target, any -> link);
    }

    /** Who connects is known by his address, from which the target sees him come, too. */
    public static Proxy to(InetSocketAddress target, Function<InetSocketAddress, Link> links) {
        return new Proxy(target, links);
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket accepted = server.accept();
                Thread.startVirtualThread(() -> serve(accepted));
            }
        } catch (IOException closed) {
            used.forEach(Link::resetAll);
        }
    }

    private void serve(Socket accepted) {
        Link link = links.apply((InetSocketAddress) accepted.getRemoteSocketAddress());
        used.add(link);
        Conduit.serve(link, accepted, target);
    }

    /** Takes no more connections and resets those that there are. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

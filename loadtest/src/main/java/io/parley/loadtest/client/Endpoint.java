package io.parley.loadtest.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a client connects to, and from which address of this machine; null: the system chooses. */
record Endpoint(URI socket, @Nullable SocketAddress from, boolean batch) {
    /** A source address has some 28,000 ports by default, and servers limit the connections of one address. */
    private static final int CLIENTS_PER_ADDRESS = 10_000;

    /** All nodes, for each person beginning at another one. */
    static List<Endpoint> all(List<URI> sockets, int person, boolean batch) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            URI socket = sockets.get((person + i) % sockets.size());
            endpoints.add(new Endpoint(socket, source(socket, person), batch));
        }
        return endpoints;
    }

    /** Towards this machine clients come from 127.0.0.1, then 127.0.0.2 and so on. */
    private static @Nullable SocketAddress source(URI socket, int person) {
        int address = person / CLIENTS_PER_ADDRESS;
        if (address == 0) {
            return null;
        }
        try {
            return InetAddress.getByName(socket.getHost()).isLoopbackAddress()
                    ? new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + address)}), 0)
                    : null;
        } catch (UnknownHostException unknown) {
            // The connection will tell.
            return null;
        }
    }

    InetSocketAddress server() {
        return new InetSocketAddress(socket.getHost(), socket.getPort());
    }
}

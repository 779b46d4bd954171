package io.parley.server.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The two ports, found to be free and different a moment before the servers take them. */
record Ports(int postgres, int redis) {

    static final String HOST = "127.0.0.1";

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** A wish of 0 means any free port. */
    static Ports choose(int postgres, int redis) throws IOException, EmbeddedException {
        try (ServerSocket postgresSocket = bind("PostgreSQL", postgres);
                ServerSocket redisSocket = bind("Redis", redis)) {
            return new Ports(postgresSocket.getLocalPort(), redisSocket.getLocalPort());
        }
    }

    static InetSocketAddress address(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
    }

    private static ServerSocket bind(String server, int port) throws IOException, EmbeddedException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address(port), 1);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new EmbeddedException(server + " cannot have port " + port + ": " + e.getMessage(), e);
        }
    }
}

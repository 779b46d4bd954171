package io.parley.support.testing.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyTest {
    private static final int SOON_MS = 2_000;
    private static final int NOT_YET_MS = 150;

    private final ServerSocket echo = echo();
    private final Map<InetAddress, Link> links = new ConcurrentHashMap<>();
    private final Proxy proxy = Proxy.to(
            (InetSocketAddress) echo.getLocalSocketAddress(),
            from -> links.computeIfAbsent(from.getAddress(), any -> new Link()));

    /** Answers each byte with the same byte. */
    private static ServerSocket echo() {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        Socket accepted = server.accept();
                        Thread.startVirtualThread(() -> repeat(accepted));
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            return server;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void repeat(Socket accepted) {
        try (accepted) {
            for (int read = accepted.getInputStream().read();
                    read >= 0;
                    read = accepted.getInputStream().read()) {
                accepted.getOutputStream().write(read);
            }
        } catch (IOException gone) {
            // So is the connection.
        }
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(proxy.host(), proxy.port()), SOON_MS);
        return socket;
    }

    private Link link(String from) throws IOException {
        return links.computeIfAbsent(InetAddress.getByName(from), any -> new Link());
    }

    private static int exchange(Socket socket, int value, int waitMs) throws IOException {
        socket.getOutputStream().write(value);
        return read(socket, waitMs);
    }

    private static int read(Socket socket, int waitMs) throws IOException {
        socket.setSoTimeout(waitMs);
        return socket.getInputStream().read();
    }

    @Test
    void passesDataAndTheEndOfIt() throws IOException {
        try (Socket socket = connect("127.0.0.1")) {
            assertThat(exchange(socket, 7, SOON_MS)).isEqualTo(7);
            socket.shutdownOutput();
            assertThat(read(socket, SOON_MS)).isEqualTo(-1);
        }
        Awaitility.await().until(() -> link("127.0.0.1").connections() == 0);
    }

    @Test
    void holdsDataAndGivesItLater() throws IOException {
        try (Socket socket = connect("127.0.0.1")) {
            assertThat(exchange(socket, 1, SOON_MS)).isEqualTo(1);
            link("127.0.0.1").hold();

            assertThatThrownBy(() -> exchange(socket, 2, NOT_YET_MS)).isInstanceOf(SocketTimeoutException.class);

            link("127.0.0.1").open();
            assertThat(read(socket, SOON_MS)).isEqualTo(2);
        }
    }

    @Test
    void newConnectionsHangWhileItHolds() throws IOException {
        link("127.0.0.1").hold();
        try (Socket socket = connect("127.0.0.1")) {
            assertThatThrownBy(() -> exchange(socket, 3, NOT_YET_MS)).isInstanceOf(SocketTimeoutException.class);

            link("127.0.0.1").open();
            assertThat(read(socket, SOON_MS)).isEqualTo(3);
        }
    }

    @Test
    void oneDirectionAloneCanBeHeld() throws IOException {
        try (Socket socket = connect("127.0.0.1")) {
            assertThat(exchange(socket, 1, SOON_MS)).isEqualTo(1);
            link("127.0.0.1").holdForth();
            assertThatThrownBy(() -> exchange(socket, 2, NOT_YET_MS)).isInstanceOf(SocketTimeoutException.class);
            link("127.0.0.1").holdBack();
            assertThatThrownBy(() -> read(socket, NOT_YET_MS)).isInstanceOf(SocketTimeoutException.class);
            link("127.0.0.1").holdForth();
            assertThat(read(socket, SOON_MS)).isEqualTo(2);
        }
    }

    @Test
    void refusingResetsWhatIsThereAndWhatComes() throws IOException {
        try (Socket before = connect("127.0.0.1")) {
            assertThat(exchange(before, 1, SOON_MS)).isEqualTo(1);
            link("127.0.0.1").refuse();

            assertThatThrownBy(() -> read(before, SOON_MS)).hasMessageContaining("reset");
            assertThatThrownBy(() -> {
                        try (Socket after = connect("127.0.0.1")) {
                            exchange(after, 2, SOON_MS);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        link("127.0.0.1").open();
        try (Socket again = connect("127.0.0.1")) {
            assertThat(exchange(again, 3, SOON_MS)).isEqualTo(3);
        }
    }

    @Test
    void aPeerThatDiesBehindAHeldLinkIsMissedOnlyLater() throws IOException {
        try (Socket socket = connect("127.0.0.1")) {
            assertThat(exchange(socket, 1, SOON_MS)).isEqualTo(1);
            link("127.0.0.1").hold();
            socket.setSoLinger(true, 0);
        }
        assertThat(link("127.0.0.1").connections()).isEqualTo(1);
        link("127.0.0.1").open();
        Awaitility.await().until(() -> link("127.0.0.1").connections() == 0);
    }

    @Test
    void delaysBothDirections() throws IOException {
        try (Socket socket = connect("127.0.0.1")) {
            assertThat(exchange(socket, 1, SOON_MS)).isEqualTo(1);
            link("127.0.0.1").delay(Duration.ofMillis(100));
            long begin = System.nanoTime();

            assertThat(exchange(socket, 2, SOON_MS)).isEqualTo(2);

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void whoConnectsIsKnownByHisAddress() throws IOException {
        link("127.0.0.11").hold();
        try (Socket one = connect("127.0.0.11");
                Socket other = connect("127.0.0.12")) {
            assertThat(exchange(other, 2, SOON_MS)).isEqualTo(2);
            assertThatThrownBy(() -> exchange(one, 1, NOT_YET_MS)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whoConnectsIsKnownByHisProcess() throws IOException {
        long self = ProcessHandle.current().pid();
        try (Socket socket = connect("127.0.0.1")) {
            assertThat(SocketOwner.find(socket.getLocalPort(), proxy.port(), List.of(1L, self)))
                    .contains(self);
            assertThat(SocketOwner.find(socket.getLocalPort(), proxy.port(), List.of(1L)))
                    .isEmpty();
        }
    }

    @Test
    void withoutAServerConnectionsAreReset() throws IOException {
        echo.close();
        assertThatThrownBy(() -> {
                    try (Socket socket = connect("127.0.0.1")) {
                        read(socket, SOON_MS);
                    }
                })
                .hasMessageContaining("reset");
    }
}

package io.parley.loadtest.wire;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The HTTP exchange with which a WebSocket begins. */
public final class Upgrade {
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private Upgrade() {}

    /** The same for all clients: the server's answer to the key is not checked. */
    public static byte[] request(URI socket) {
        return ("GET " + socket.getRawPath() + " HTTP/1.1\r\nHost: " + socket.getRawAuthority()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: cGFybGV5IGxvYWQgdGVzdA==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Where the head of the answer ends, or 0 while it is not complete. */
    public static int end(byte[] bytes, int to) {
        for (int i = 3; i < to; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return 0;
    }

    public static int status(byte[] bytes) {
        return (bytes[STATUS_AT] - '0') * 100 + (bytes[STATUS_AT + 1] - '0') * 10 + (bytes[STATUS_AT + 2] - '0');
    }
}

package io.parley.server.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a Redis whether it serves, in its inline protocol. */
final class RedisProbe {

    private static final int TIMEOUT_MS = 1000;

    private RedisProbe() {}

    /** True when the server takes our password and answers a ping: only then it is ours and has loaded. */
    static boolean answers(RedisEndpoint endpoint) {
        try (Socket socket = new Socket()) {
            socket.connect(Ports.address(endpoint.port()), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            String commands = "AUTH " + endpoint.password() + "\r\nPING\r\n";
            socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
        } catch (IOException e) {
            return false;
        }
    }
}

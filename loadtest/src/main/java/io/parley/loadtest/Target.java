package io.parley.loadtest;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server under test.
 *
 * @param sockets WebSockets of its nodes; empty: the one that the server tells
 * @param serverPids empty: whoever listens on the sockets' ports
 * @param usedPids of the database and the like; empty: whatever on this machine the servers are connected to
 * @param metrics of the management port; null: not asked
 */
record Target(
        URI http,
        List<URI> sockets,
        String operatorKey,
        List<Long> serverPids,
        List<Long> usedPids,
        @Nullable URI metrics) {
    static Target of(Arguments arguments) {
        String management = arguments.text("management");
        return new Target(
                URI.create(arguments.text("http", "http://127.0.0.1:8080")),
                arguments.words("ws").stream().map(URI::create).toList(),
                operatorKey(arguments),
                arguments.words("server-pid").stream().map(Long::valueOf).toList(),
                arguments.words("used-pid").stream().map(Long::valueOf).toList(),
                management == null ? null : URI.create(management).resolve("/metrics"));
    }

    private static String operatorKey(Arguments arguments) {
        String given = arguments.text("operator-key");
        String data = arguments.text("data", "data");
        if (given != null) {
            return given;
        }
        Path file = Path.of(data, "operator.key");
        try {
            return Files.readString(file).trim();
        } catch (IOException unreadable) {
            throw new Arguments.Wrong(
                    "cannot read " + file + "; say --data with the server's data directory, or --operator-key");
        }
    }
}

package io.parley;

import io.parley.support.Config;
import java.io.PrintStream;

/** Tells, on standard output, where the node can be reached; the form is read by tests and scripts. */
final class Announcement {
    private Announcement() {}

    /** @param cluster where other nodes find this one; empty when it is alone */
    static void print(Config config, Node node, String cluster) {
        if (node.httpPort() != 0) {
            String http = http(config, node.httpPort());
            line("http", http);
            line("docs", http + "/docs");
        }
        if (node.sessionPort() != 0) {
            line("websocket", webSocket(config, node.sessionPort()));
        }
        line(
                "management",
                "http://" + reachable(config.management().host()) + ":" + node.managementPort() + "/metrics");
        if (!cluster.isEmpty()) {
            line("cluster", cluster);
        }
        line("ready", "");
    }

    /** Empty without a port. */
    static String http(Config config, int port) {
        return port == 0 ? "" : "http://" + reachable(config.http().host()) + ":" + port;
    }

    /** Empty without a port. */
    static String webSocket(Config config, int port) {
        return port == 0 ? "" : "ws://" + reachable(config.session().host()) + ":" + port + "/ws";
    }

    @SuppressWarnings("SystemOut") // this is what the command prints, not a log
    private static void line(String what, String where) {
        PrintStream out = System.out;
        out.println("parley: " + what + (where.isEmpty() ? "" : " " + where));
        out.flush();
    }

    private static String reachable(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    }
}

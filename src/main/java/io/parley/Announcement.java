package io.parley;

import io.parley.support.Config;
import java.io.PrintStream;

/** Tells, on standard output, where the node can be reached; the form is read by tests and scripts. */
final class Announcement {
    private Announcement() {}

    static void print(Config config, int httpPort, int sessionPort, int managementPort) {
        String http = "http://" + reachable(config.http().host()) + ":" + httpPort;
        line("http", http);
        line("docs", http + "/docs");
        line("websocket", "ws://" + reachable(config.session().host()) + ":" + sessionPort + "/ws");
        line("management", "http://" + reachable(config.management().host()) + ":" + managementPort + "/metrics");
        line("ready", "");
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

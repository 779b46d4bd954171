package io.parley.server.http;

import io.netty.util.NetUtil;
import io.parley.support.Config;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Where clients find the WebSocket and the event streams: as configured, else on this node's session port. */
final class SessionUrls {
    private static final String SOCKET = "/ws";
    private static final String EVENTS = "/api/v1/events";
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final Config.Session config;
    private final IntSupplier port;
    private int sourcePort = -1;
    private String source = "";

    /** @param port that the session server is bound to by now; 0 as long as there is none */
    SessionUrls(Config.Session config, IntSupplier port) {
        this.config = config;
        this.port = port;
    }

    /** @param clientHost the host name that the client used, which leads to us when we are bound to all addresses */
    String webSocket(String clientHost) {
        return config.publicUrl().isEmpty() ? "ws" + here(clientHost) + SOCKET : config.publicUrl();
    }

    /**
     * Null when it is not known: whoever has an unusual address for the WebSocket has one for this, too.
     *
     * @param clientHost as above
     */
    @Nullable
    String events(String clientHost) {
        if (!config.eventsUrl().isEmpty()) {
            return config.eventsUrl();
        }
        String socket = config.publicUrl();
        if (socket.isEmpty()) {
            return "http" + here(clientHost) + EVENTS;
        }
        return socket.endsWith(SOCKET)
                ? "http" + socket.substring("ws".length(), socket.length() - SOCKET.length()) + EVENTS
                : null;
    }

    private String here(String clientHost) {
        String host = config.host();
        String reachable = WILDCARDS.contains(host) && !clientHost.isEmpty() ? clientHost : host;
        boolean bare = NetUtil.isValidIpV6Address(reachable) && !reachable.startsWith("[");
        return "://" + (bare ? "[" + reachable + "]" : reachable) + ":" + port.getAsInt();
    }

    /** What a Content-Security-Policy must permit for them; the same object as long as it is the same. */
    String source() {
        int now = port.getAsInt();
        if (now != sourcePort) {
            sourcePort = now;
            source = origin(webSocket("*")) + origin(events("*"));
        }
        return source;
    }

    private static String origin(@Nullable String url) {
        if (url == null) {
            return "";
        }
        int path = url.indexOf('/', url.indexOf("://") + 3);
        return " " + (path < 0 ? url : url.substring(0, path));
    }
}

package io.parley.server.http;

import io.netty.util.NetUtil;
import io.parley.support.Config;
import java.net.URI;
import java.util.Set;
import java.util.function.IntSupplier;

/** Where clients find the WebSocket: as configured, else on this node's session port. */
final class WebSocketUrl {
    private static final String PATH = "/ws";
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final String configured;
    private final String host;
    private final IntSupplier port;
    private int sourcePort = -1;
    private String source = "";

    /** @param port that the session server is bound to by now; 0 as long as there is none */
    WebSocketUrl(Config.Session session, IntSupplier port) {
        this.configured = session.publicUrl();
        this.host = session.host();
        this.port = port;
    }

    /** @param clientHost the host name that the client used, which leads to us when we are bound to all addresses */
    String url(String clientHost) {
        if (!configured.isEmpty()) {
            return configured;
        }
        String reachable = WILDCARDS.contains(host) && !clientHost.isEmpty() ? clientHost : host;
        boolean bare = NetUtil.isValidIpV6Address(reachable) && !reachable.startsWith("[");
        return "ws://" + (bare ? "[" + reachable + "]" : reachable) + ":" + port.getAsInt() + PATH;
    }

    /** What a Content-Security-Policy must permit for it; the same object as long as it is the same. */
    String source() {
        int now = configured.isEmpty() ? port.getAsInt() : 0;
        if (now != sourcePort) {
            sourcePort = now;
            source = madeSource(now);
        }
        return source;
    }

    private String madeSource(int now) {
        if (configured.isEmpty()) {
            return WILDCARDS.contains(host) ? "ws://*:" + now : url("").replace(PATH, "");
        }
        URI url = URI.create(configured);
        return url.getScheme() + "://" + url.getRawAuthority();
    }
}

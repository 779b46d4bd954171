package io.parley.server.session;

import io.parley.server.http.ClientAddress;
import io.parley.support.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Decides, before the upgrade, whether a connection is let in: path, origin, limits. */
final class Handshakes {
    private static final String PATH = "/ws";

    /** Of RFC 6455; older drafts have other frames. */
    private static final String VERSION = "13";

    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;
    private static final int UPGRADE_REQUIRED = 426;
    private static final int UNAVAILABLE = 503;

    private final Hub hub;
    private final ClientAddress addresses;
    private final Set<String> origins = new HashSet<>();
    private final boolean sameHost;
    private final long patienceMs;

    /** Connections that are no WebSockets yet, by the address and port of the peer. */
    private final Map<SocketAddress, HttpConnection> waiting = new HashMap<>();

    private final BiConsumer<ServerWebSocket, String> accepted;
    private boolean draining;

    /** @param accepted gets the socket and the address under which it was counted */
    Handshakes(Hub hub, Config config, BiConsumer<ServerWebSocket, String> accepted) {
        this.hub = hub;
        this.addresses = new ClientAddress(config.http().trustedProxies());
        this.accepted = accepted;
        this.patienceMs = config.session().helloTimeoutMs();
        origins.addAll(config.session().allowedOrigins());
        origins.addAll(config.http().allowedOrigins());
        sameHost = config.http().publicUrl().isEmpty();
        if (!sameHost) {
            URI url = URI.create(config.http().publicUrl());
            origins.add(url.getScheme() + "://" + url.getAuthority());
        }
    }

    /** A connection was opened: it must have become a WebSocket soon, however slowly it asks for it. */
    void opened(Vertx vertx, HttpConnection connection) {
        WebSocketPipeline.guard(connection);
        SocketAddress peer = connection.remoteAddress();
        waiting.put(peer, connection);
        vertx.setTimer(patienceMs, ignored -> {
            if (waiting.remove(peer, connection)) {
                connection.close();
            }
        });
    }

    /** Lets nobody in any more: another node, or another instance of this one, will. */
    void drain() {
        draining = true;
    }

    void handle(ServerWebSocketHandshake handshake) {
        if (!VERSION.equals(handshake.headers().get("sec-websocket-version"))) {
            handshake.reject(UPGRADE_REQUIRED);
        } else if (draining) {
            handshake.reject(UNAVAILABLE);
        } else if (!PATH.equals(handshake.path())) {
            handshake.reject(NOT_FOUND);
        } else if (!allowed(handshake)) {
            handshake.reject(FORBIDDEN);
        } else {
            admit(handshake);
        }
    }

    /** Browsers always send their origin; who sends none is not a page that acts in somebody else's name. */
    private boolean allowed(ServerWebSocketHandshake handshake) {
        if (handshake.headers().getAll("origin").size() > 1) {
            return false;
        }
        @Nullable String origin = handshake.headers().get("origin");
        return origin == null
                || origins.contains("*")
                || origins.contains(origin)
                || (sameHost && isHost(origin, handshake));
    }

    /** Without a public URL a page may speak to the host that it came from, whatever the port. */
    private static boolean isHost(String origin, ServerWebSocketHandshake handshake) {
        try {
            HostAndPort asked = handshake.authority();
            return asked != null
                    && asked.host().equalsIgnoreCase(URI.create(origin).getHost());
        } catch (IllegalArgumentException noUrl) {
            return false;
        }
    }

    private void admit(ServerWebSocketHandshake handshake) {
        String address = addresses.of(handshake.remoteAddress(), handshake.headers());
        hub.ask(() -> hub.parts().admission().enter(address))
                .compose(welcome -> welcome ? accept(handshake, address) : handshake.reject(UNAVAILABLE));
    }

    /** The peer may have gone meanwhile, and then accepting throws. */
    private Future<Void> accept(ServerWebSocketHandshake handshake, String address) {
        return Future.<Void>succeededFuture()
                .compose(admitted -> handshake.accept())
                .<Void>map(socket -> {
                    waiting.remove(handshake.remoteAddress());
                    accepted.accept(socket, address);
                    return null;
                })
                .onFailure(gone -> hub.tell(parts -> parts.admission().leave(address, false)));
    }
}

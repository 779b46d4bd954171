package io.parley.server.session;

import io.parley.server.http.ClientAddress;
import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import java.util.function.BiConsumer;

/** Decides, before the upgrade, whether a WebSocket is let in: path, origin, limits. */
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
    private final Origins origins;
    private final Arrivals arrivals;
    private final BiConsumer<ServerWebSocket, String> accepted;
    private boolean draining;

    /** @param accepted gets the socket and the address under which it was counted */
    Handshakes(
            Hub hub,
            ClientAddress addresses,
            Origins origins,
            Arrivals arrivals,
            BiConsumer<ServerWebSocket, String> accepted) {
        this.hub = hub;
        this.addresses = addresses;
        this.origins = origins;
        this.arrivals = arrivals;
        this.accepted = accepted;
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
        } else if (!origins.allow(handshake.headers(), handshake.authority())) {
            handshake.reject(FORBIDDEN);
        } else {
            admit(handshake);
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
                    arrivals.asked(handshake.remoteAddress());
                    accepted.accept(socket, address);
                    return null;
                })
                .onFailure(gone -> hub.tell(parts -> parts.admission().leave(address, false)));
    }
}

package io.parley.server.session;

import io.parley.support.AppError;
import io.vertx.core.Future;

/**
 * What one connection takes up of its node, from its admission to its end: a place under its address and, as soon as it
 * is known whose it is, one among the person's sessions. Lives on the session's event loop.
 */
final class Place {
    private final SessionServices services;
    private final String address;
    private final Kind kind;
    private boolean known;

    /** What the session is held over. */
    enum Kind {
        WEBSOCKET,
        STREAM,
        POLL
    }

    /** @param address under which {@link Admission#enter} has let it in */
    Place(SessionServices services, String address, Kind kind) {
        this.services = services;
        this.address = address;
        this.kind = kind;
    }

    /** Fails with {@code unavailable} when there is none left on this node, or for this address. */
    static Future<Place> take(SessionServices services, String address, Kind kind) {
        Hub hub = services.hub();
        return hub.ask(() -> hub.parts().admission().enter(address)).map(welcome -> {
            if (!welcome) {
                throw AppError.unavailable("There are too many sessions");
            }
            return new Place(services, address, kind);
        });
    }

    boolean isKnown() {
        return known;
    }

    /** It is known whose connection this is. */
    void known() {
        known = true;
        services.hub().tell(parts -> parts.admission().known(address));
    }

    /** The session is ready. */
    void opened() {
        services.metrics().sessionOpened(kind);
    }

    /** There will be no session. */
    void leave() {
        services.hub().tell(parts -> parts.admission().leave(address, false));
    }

    /**
     * The connection has ended, and the session with it.
     *
     * @param ending why
     */
    void leave(Session session, Enum<?> ending) {
        if (session.isReady()) {
            services.metrics().sessionClosed(kind, ending);
        }
        session.end();
        boolean wasKnown = known;
        services.hub().tell(parts -> {
            parts.admission().leave(address, wasKnown);
            if (wasKnown) {
                parts.people().leave(session.principal().user(), session.id());
            }
        });
    }
}

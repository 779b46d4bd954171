package io.parley.server.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PresenceFrame;
import io.vertx.core.Vertx;
import java.util.UUID;

/** What a feature may want to know of the sessions of one event loop. All methods are called there. */
public interface SessionListener {
    /** Before any session; {@code vertx} makes timers of this loop. */
    default void started(Vertx vertx, Bus bus) {}

    /** The session is ready. */
    default void began(Caller session) {}

    /** The session has given a command of a feature, which is about to be run; {@code fields} are as they came. */
    default void commanded(Caller session, String command, ObjectNode fields) {}

    /** A session that had begun is over. */
    default void ended(Caller session) {}

    /** A session that goes on is in this conversation no more. */
    default void left(Caller session, UUID conversation) {}

    /** An event has come for those who have asked for it, whom the listener knows. */
    default void asked(Frame frame) {}

    /** Somebody's presence has changed. */
    default void presence(PresenceFrame frame) {}
}

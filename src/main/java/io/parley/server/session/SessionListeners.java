package io.parley.server.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PresenceFrame;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who listen to one event loop, as one. A defect of one of them harms neither the others nor the session. */
final class SessionListeners implements SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(SessionListeners.class);

    private final List<SessionListener> listeners = new ArrayList<>(2);

    void add(SessionListener listener) {
        listeners.add(listener);
    }

    @Override
    public void started(Vertx vertx, Bus bus) {
        listeners.forEach(listener -> listener.started(vertx, bus));
    }

    @Override
    public void began(Caller session) {
        tell(listener -> listener.began(session));
    }

    @Override
    public void commanded(Caller session, String command, ObjectNode fields) {
        tell(listener -> listener.commanded(session, command, fields));
    }

    @Override
    public void ended(Caller session) {
        tell(listener -> listener.ended(session));
    }

    @Override
    public void left(Caller session, UUID conversation) {
        tell(listener -> listener.left(session, conversation));
    }

    @Override
    public void asked(Frame frame) {
        tell(listener -> listener.asked(frame));
    }

    @Override
    public void presence(PresenceFrame frame) {
        tell(listener -> listener.presence(frame));
    }

    private void tell(Consumer<SessionListener> what) {
        for (SessionListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException defect) {
                LOG.error("a listener of sessions failed", defect);
            }
        }
    }
}

package io.parley.server.session;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The sessions of one event loop that are fetched from. Lives there. */
final class Polls {
    private final Map<UUID, PollConnection> connections = new HashMap<>();

    void add(UUID session, PollConnection connection) {
        connections.put(session, connection);
    }

    void remove(UUID session) {
        connections.remove(session);
    }

    void take(UUID session, Poll poll) {
        PollConnection connection = connections.get(session);
        if (connection == null) {
            poll.unknown();
        } else {
            connection.take(poll);
        }
    }
}

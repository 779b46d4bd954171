package io.parley.server.session;

import io.parley.support.Config;
import java.util.HashMap;
import java.util.Map;

/** Counts connections of this node and of each address, and says whether one more is welcome. On the hub's context. */
final class Admission {
    private final Config.Session limits;
    private final Map<String, Count> addresses = new HashMap<>();
    private int connections;

    private static final class Count {
        int connections;
        int strangers;
    }

    Admission(Config.Session limits) {
        this.limits = limits;
    }

    /** Takes a place for a connection that has not said hello yet. */
    boolean enter(String address) {
        Count count = addresses.computeIfAbsent(address, ignored -> new Count());
        if (connections >= limits.maxSessions()
                || count.connections >= limits.maxConnectionsPerAddress()
                || count.strangers >= limits.maxUnauthenticatedPerAddress()) {
            forget(address, count);
            return false;
        }
        connections++;
        count.connections++;
        count.strangers++;
        return true;
    }

    /** The connection has said who it is. */
    void known(String address) {
        Count count = addresses.get(address);
        if (count != null) {
            count.strangers--;
        }
    }

    /** @param known whether {@link #known} was called for it */
    void leave(String address, boolean known) {
        Count count = addresses.get(address);
        if (count != null) {
            connections--;
            count.connections--;
            count.strangers -= known ? 0 : 1;
            forget(address, count);
        }
    }

    private void forget(String address, Count count) {
        if (count.connections == 0) {
            addresses.remove(address);
        }
    }
}

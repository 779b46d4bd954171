package io.parley.bus;

import java.util.UUID;

/** The only maker of event-bus addresses. */
final class Address {
    /** What concerns one person; consumed once by every node that has sessions. */
    static final String PERSONAL = "personal";

    /** Events of conversations; consumed once by every node that has sessions. */
    static final String CONVERSATIONS = "conversations";

    private Address() {}

    /** A request, answered by any instance on this node. */
    static String action(Action<?, ?> action) {
        return "action." + action.name();
    }

    /** A request answered by the one instance that owns the lane, so that changes of a conversation meet. */
    static String action(Action<?, ?> action, int lane) {
        return "action." + action.name() + "." + lane;
    }

    /** Lane of a conversation: the same on every call as long as the number of lanes stays. */
    static int lane(UUID key, int lanes) {
        return Math.floorMod(key.hashCode() * 0x9E3779B9, lanes);
    }
}

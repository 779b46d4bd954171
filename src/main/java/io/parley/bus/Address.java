package io.parley.bus;

import java.util.UUID;

/** The only maker of event-bus addresses. */
final class Address {
    /** What concerns one person; consumed once by every node that has sessions. */
    static final String PERSONAL = "personal";

    /** Events of conversations in which nobody is talking; consumed once by every node that has sessions. */
    static final String CONVERSATIONS = "conversations";

    /** What nodes tell of themselves; consumed once by every node. */
    static final String NODES = "nodes";

    /** Changes of presence; consumed once by every node that has sessions. */
    static final String PRESENCE = "presence";

    private Address() {}

    /** A request, answered by any instance on this node. */
    static String action(Action<?, ?> action) {
        return "action." + action.name();
    }

    /** The same, answered by any instance on any node. */
    static String anywhere(Action<?, ?> action) {
        return "anywhere." + action.name();
    }

    /** A request answered by the one instance that owns the lane, so that changes of a conversation meet. */
    static String lane(String action, int lane) {
        return "action." + action + "." + lane;
    }

    /** Where a node takes requests for its lanes from nodes that have none. */
    static String lanesOf(String node) {
        return "lanes." + node;
    }

    /** A request to one node itself. */
    static String node(Action<?, ?> action, String node) {
        return "node." + node + "." + action.name();
    }

    /** Events of a conversation in which people are talking; consumed once by every node that has sessions in it. */
    static String conversation(UUID conversation) {
        return "conversation." + conversation;
    }
}

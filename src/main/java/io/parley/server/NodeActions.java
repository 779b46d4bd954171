package io.parley.server;

import io.parley.bus.Action;
import java.util.Locale;
import java.util.Map;

/** What may be asked of one node itself. */
public final class NodeActions {
    /** The kinds of verticles that a node may run, in the order in which they are started. */
    public enum Kind {
        PERSISTENCE,
        PRESENCE,
        JOBS,
        SESSION,
        HTTP;

        /** As in the configuration. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Changes how many verticles of some kinds the node runs; answered when it is decided, before it is done.
     * {@code conflict}: a kind would be left that no node runs.
     */
    public static final Action<Resize, Resized> RESIZE = Action.of("node.resize", Resize.class, Resized.class);

    private NodeActions() {}

    /** @param instances wanted, by key of the kind; others stay */
    public record Resize(Map<String, Integer> instances) {}

    /** @param wanted instances of every kind */
    public record Resized(Map<String, Integer> wanted) {}
}

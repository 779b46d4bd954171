package io.parley.server;

import io.parley.bus.Action;
import io.parley.support.VerticleKind;
import java.util.Map;

/** What may be asked of one node itself. */
public final class NodeActions {
    /**
     * Changes how many verticles of some kinds the node runs; answered when it is decided, before it is done.
     * {@code conflict}: a kind would be left that no node runs.
     */
    public static final Action<Resize, Resized> RESIZE = Action.of("node.resize", Resize.class, Resized.class);

    private NodeActions() {}

    /** @param instances wanted; other kinds stay as they are */
    public record Resize(Map<VerticleKind, Integer> instances) {}

    /** @param wanted instances of every kind */
    public record Resized(Map<VerticleKind, Integer> wanted) {}
}

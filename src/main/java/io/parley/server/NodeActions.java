package io.parley.server;

import io.parley.bus.Action;
import io.parley.support.VerticleKind;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What may be asked of one node itself. */
public final class NodeActions {
    /**
     * Changes how many verticles of some kinds the node runs; answered when it is decided, before it is done.
     * {@code conflict}: a kind would be left that no node runs.
     */
    public static final Action<Resize, Resized> RESIZE = Action.of("node.resize", Resize.class, Resized.class);

    /** Of which log-ins a person has sessions on the node. */
    public static final Action<LoginsOf, Logins> LOGINS = Action.of("node.logins", LoginsOf.class, Logins.class);

    private NodeActions() {}

    /** @param instances wanted; other kinds stay as they are */
    public record Resize(Map<VerticleKind, Integer> instances) {}

    public record LoginsOf(UUID tenant, UUID user) {}

    public record Logins(List<UUID> ids) {}

    /** @param wanted instances of every kind */
    public record Resized(Map<VerticleKind, Integer> wanted) {}
}

package io.parley.server.limits;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.util.Map;
import java.util.UUID;

/** What a node asks to follow the figures of tenants; {@code features.tenants} answers. */
public final class LimitActions {
    /** All tenants that have figures of their own. */
    public static final Action<Nothing, Tenants> TENANTS = Action.of("limits.tenants", Nothing.class, Tenants.class);

    private LimitActions() {}

    public record Tenants(Map<UUID, OwnFigures> own) {}
}

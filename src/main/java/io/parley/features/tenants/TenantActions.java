package io.parley.features.tenants;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.server.limits.OwnFigures;
import java.util.UUID;

/** What may be asked about tenants. */
public final class TenantActions {
    /** The figures that a tenant has of its own. */
    public static final Action<Named, OwnLimits> LIMITS = Action.of("tenants.limits", Named.class, OwnLimits.class);

    /** Gives a tenant figures of its own, in place of those that it had. */
    public static final Action<SetLimits, Nothing> SET_LIMITS =
            Action.of("tenants.setLimits", SetLimits.class, Nothing.class);

    private TenantActions() {}

    public record Named(String slug) {}

    public record OwnLimits(UUID tenant, OwnFigures own) {}

    public record SetLimits(String slug, OwnFigures limits) {}
}

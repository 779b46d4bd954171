package io.parley.features.roles;

import io.parley.bus.Action;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.conversations.CustomRole;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about custom roles. */
public final class RoleActions {
    /** Those of the tenant. */
    public static final Action<ListRoles, Roles> LIST = Action.of("roles.list", ListRoles.class, Roles.class);

    /** Of the tenant. */
    public static final Action<StoreRole, Stored> STORE = Action.of("roles.store", StoreRole.class, Stored.class);

    /** Of a group; asked with it as key. */
    public static final Action<StoreGroupRole, Stored> STORE_OF_GROUP =
            Action.of("roles.storeOfGroup", StoreGroupRole.class, Stored.class);

    private RoleActions() {}

    public record ListRoles(UUID tenant) {}

    public record Roles(List<CustomRole> items) {}

    /**
     * A role that is made, changed or deleted.
     *
     * @param making false: it is there
     * @param name null: as it is
     * @param permissions null: as they are; with a null name: the role is deleted
     */
    public record Wanted(
            UUID id,
            boolean making,
            @Nullable String name,
            @Nullable List<String> permissions) {
        static Wanted deleted(UUID id) {
            return new Wanted(id, false, null, null);
        }
    }

    public record StoreRole(UUID tenant, UUID actor, Wanted role) {}

    public record StoreGroupRole(UUID tenant, UUID actor, UUID conversation, Wanted role) implements Changing {}

    /**
     * @param role null when it was deleted
     * @param now false: it was so already
     */
    public record Stored(@Nullable CustomRole role, boolean now) {}
}

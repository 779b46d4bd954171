package io.parley.features.roles;

import io.parley.features.conversations.ConversationChange;
import io.parley.features.conversations.ConversationRules;
import io.parley.features.conversations.CustomRole;
import io.parley.features.roles.RoleActions.ListRoles;
import io.parley.features.roles.RoleActions.Roles;
import io.parley.features.roles.RoleActions.StoreGroupRole;
import io.parley.features.roles.RoleActions.StoreRole;
import io.parley.features.roles.RoleActions.Stored;
import io.parley.features.roles.RoleActions.Wanted;
import io.parley.server.persistence.PersistenceHost;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** The table {@code roles}: those of a group are settings of it and change in its lane. */
final class RoleStore {
    private static final int MOST_OF_TENANT = 100;
    private static final int MOST_OF_GROUP = 50;

    private static final String LIST = """
            SELECT id, name, permissions FROM roles
             WHERE tenant_id = $1 AND conversation_id IS NULL AND deleted_at IS NULL ORDER BY name, id""";

    private static final String GET = "SELECT id, name, permissions FROM roles WHERE id = $1 AND deleted_at IS NULL";

    private static final String STORE = "SELECT store_tenant_role($1, $2, $3, $4, $5, $6, $7) AS outcome";

    private final PersistenceHost host;
    private final ConversationChange<StoreGroupRole> storeOfGroup;

    RoleStore(PersistenceHost host) {
        this.host = host;
        this.storeOfGroup = new ConversationChange<>(
                host.bus(),
                "role.store",
                "store_role($1, $2, $3, $4, $5, $6, $7, $8)",
                asked -> with(asked.common(), asked.change().role(), MOST_OF_GROUP));
    }

    private static Tuple with(Tuple parameters, Wanted role, int most) {
        List<String> permissions = role.permissions();
        return parameters
                .addUUID(role.id())
                .addBoolean(role.making())
                .addString(role.name())
                .addArrayOfString(permissions == null ? null : permissions.toArray(String[]::new))
                .addInteger(most);
    }

    Future<Roles> list(ListRoles asked) {
        return host.database()
                .query(LIST, Tuple.of(asked.tenant()))
                .map(rows -> new Roles(rows.stream().map(RoleStore::role).toList()));
    }

    Future<Stored> store(StoreRole asked) {
        return host.database()
                .query(STORE, with(Tuple.of(asked.tenant(), asked.actor()), asked.role(), MOST_OF_TENANT))
                .compose(rows -> {
                    String outcome = rows.iterator().next().getString("outcome");
                    ConversationRules.requireDone(outcome);
                    return stored(asked.role().id(), outcome.equals("ok"));
                });
    }

    Future<Stored> storeOfGroup(StoreGroupRole asked) {
        return storeOfGroup
                .submit(host.lane(), asked)
                .compose(done -> stored(asked.role().id(), done.now()));
    }

    private Future<Stored> stored(UUID role, boolean now) {
        return host.database()
                .query(GET, Tuple.of(role))
                .map(rows -> new Stored(
                        rows.stream().findFirst().map(RoleStore::role).orElse(null), now));
    }

    private static CustomRole role(Row row) {
        return new CustomRole(row.getUUID("id"), row.getString("name"), List.of(row.getArrayOfStrings("permissions")));
    }
}

package io.parley.features.roles;

import io.parley.features.roles.RoleActions.ListRoles;
import io.parley.features.roles.RoleActions.StoreGroupRole;
import io.parley.features.roles.RoleActions.StoreRole;
import io.parley.features.roles.RoleActions.Stored;
import io.parley.features.roles.RoleActions.Wanted;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Custom roles over REST, of the tenant and of groups. */
final class RoleRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final String ROLE = "roleId";

    private RoleRoutes() {}

    static void mount(OperationHost host) {
        host.operation("listRoles", RoleRoutes::list);
        host.operation("createRole", call -> store(call, made(call)));
        host.operation("updateRole", call -> store(call, changed(call)));
        host.operation("deleteRole", call -> store(call, Wanted.deleted(call.id(ROLE))));
        host.operation("createConversationRole", call -> storeOfGroup(call, made(call)));
        host.operation("updateConversationRole", call -> storeOfGroup(call, changed(call)));
        host.operation("deleteConversationRole", call -> storeOfGroup(call, Wanted.deleted(call.id(ROLE))));
    }

    record NewRole(@Nullable UUID id, String name, List<String> permissions) {}

    record OtherRole(@Nullable String name, @Nullable List<String> permissions) {}

    private static Wanted made(Call call) {
        NewRole body = call.body(NewRole.class);
        return new Wanted(Objects.requireNonNullElseGet(body.id(), Ids::next), true, body.name(), body.permissions());
    }

    private static Wanted changed(Call call) {
        OtherRole body = call.body(OtherRole.class);
        return new Wanted(call.id(ROLE), false, body.name(), body.permissions());
    }

    private static Future<Answer> list(Call call) {
        return call.bus()
                .ask(RoleActions.LIST, new ListRoles(call.principal().tenant()))
                .map(Answer::ok);
    }

    private static Future<Answer> store(Call call, Wanted role) {
        Principal caller = call.principal();
        return call.bus()
                .ask(RoleActions.STORE, new StoreRole(caller.tenant(), caller.user(), role))
                .map(stored -> answer(role, stored));
    }

    private static Future<Answer> storeOfGroup(Call call, Wanted role) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        StoreGroupRole asked = new StoreGroupRole(caller.tenant(), caller.user(), conversation, role);
        return call.bus().ask(RoleActions.STORE_OF_GROUP, conversation, asked).map(stored -> answer(role, stored));
    }

    private static Answer answer(Wanted asked, Stored stored) {
        if (stored.role() == null) {
            return Answer.noContent();
        }
        return asked.making() && stored.now() ? Answer.created(stored.role()) : Answer.ok(stored.role());
    }
}

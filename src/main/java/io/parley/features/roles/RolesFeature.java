package io.parley.features.roles;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;

/** The door plate of custom roles. */
public final class RolesFeature implements Feature {
    @Override
    public void persistence(PersistenceHost host) {
        RoleStore store = new RoleStore(host);
        host.answer(RoleActions.LIST, store::list);
        host.answer(RoleActions.STORE, store::store);
        host.answerInLane(RoleActions.STORE_OF_GROUP, store::storeOfGroup);
    }

    @Override
    public void operations(OperationHost host) {
        RoleRoutes.mount(host);
    }
}

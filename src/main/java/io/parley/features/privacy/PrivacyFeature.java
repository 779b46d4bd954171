package io.parley.features.privacy;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;

/** What people let others see: what it hands to each host. */
public final class PrivacyFeature implements Feature {
    @Override
    public void persistence(PersistenceHost host) {
        PrivacyStore store = new PrivacyStore(host.database());
        host.answer(PrivacyActions.GET, store::get);
        host.answer(PrivacyActions.AUDIENCES, store::audiences);
        host.answer(PrivacyActions.CHANGE, new PrivacyService(host.bus(), store)::change);
    }

    @Override
    public void operations(OperationHost host) {
        PrivacyRoutes.mount(host);
    }
}

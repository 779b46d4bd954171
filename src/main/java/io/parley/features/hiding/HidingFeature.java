package io.parley.features.hiding;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** Hiding messages from oneself: what it hands to each host. */
public final class HidingFeature implements Feature {
    private final Config config;

    public HidingFeature(Config config) {
        this.config = config;
    }

    @Override
    public void persistence(PersistenceHost host) {
        HidingStore store = new HidingStore(host.database(), config.limits().hiddenMessages());
        HidingService service = new HidingService(host.bus(), store);
        host.answer(HidingActions.HIDE, service::hide);
        host.answer(HidingActions.CLEAR, service::clear);
        host.answer(HidingActions.LIST, store::list);
    }

    @Override
    public void operations(OperationHost host) {
        HidingRoutes.mount(host);
    }
}

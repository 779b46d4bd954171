package io.parley.features.stars;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** Stars: what they hand to each host. */
public final class StarsFeature implements Feature {
    private final int most;

    public StarsFeature(Config config) {
        this.most = config.limits().stars();
    }

    @Override
    public void persistence(PersistenceHost host) {
        StarStore store = new StarStore(host.database(), most);
        StarService service = new StarService(host.bus(), store, most);
        host.answer(StarActions.CHANGE, service::change);
        host.answer(StarActions.LIST, store::list);
    }

    @Override
    public void operations(OperationHost host) {
        StarRoutes.mount(host);
    }
}

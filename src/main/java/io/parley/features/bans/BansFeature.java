package io.parley.features.bans;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;

/** The door plate of bans. */
public final class BansFeature implements Feature {
    @Override
    public void persistence(PersistenceHost host) {
        BanService service = new BanService(host);
        host.answerInLane(BanActions.SET, service::set);
        host.answerInLane(BanActions.LIFT, service::lift);
        host.answer(BanActions.LIST, new BanStore(host.database())::list);
    }

    @Override
    public void operations(OperationHost host) {
        BanRoutes.mount(host);
    }
}

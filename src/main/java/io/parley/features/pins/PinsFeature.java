package io.parley.features.pins;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** Pinned messages: what they hand to each host. */
public final class PinsFeature implements Feature {
    private final int most;

    public PinsFeature(Config config) {
        this.most = config.limits().pins();
    }

    @Override
    public void persistence(PersistenceHost host) {
        PinService service = new PinService(host.bus(), host.lane(), most);
        host.answerInLane(PinActions.PIN, service::pin);
        host.answerInLane(PinActions.UNPIN, service::unpin);
        host.answer(PinActions.LIST, new PinStore(host.database())::list);
    }

    @Override
    public void operations(OperationHost host) {
        PinRoutes.mount(host);
    }
}

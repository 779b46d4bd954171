package io.parley.features.viewing;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.presence.PresenceHost;
import io.parley.server.session.SessionHost;
import io.parley.support.Metrics;

/** Viewing: what it hands to each host. */
public final class ViewingFeature implements Feature {
    private final Metrics metrics;

    public ViewingFeature(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        host.answer(ViewingActions.RIGHTS, new RightStore(host.database())::rights);
    }

    @Override
    public void presence(PresenceHost host) {
        ViewerService service = new ViewerService(
                new ViewerStore(host.redis(), ViewerStore.LIFE_MS),
                host.vertx(),
                host.bus().events()::publish);
        host.answer(ViewingActions.NOTE, service::note);
        host.answer(ViewingActions.VIEWERS, service::viewers);
    }

    @Override
    public void operations(OperationHost host) {
        ViewingRoutes.mount(host);
    }

    @Override
    public void session(SessionHost host) {
        ViewingCommands.mount(host, new ViewingLoop(metrics));
    }
}

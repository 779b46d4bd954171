package io.parley.features.locations;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** Live locations: what they hand to each host. */
public final class LocationsFeature implements Feature {
    private final int liveMembers;

    public LocationsFeature(Config config) {
        this.liveMembers = config.limits().receiptsLiveMembers();
    }

    @Override
    public void persistence(PersistenceHost host) {
        LocationService service = new LocationService(host.bus(), host.database(), host.lane(), liveMembers);
        host.answerInLane(LocationActions.MOVE, service::move);
        host.answerInLane(LocationActions.STOP, service::stop);
    }

    @Override
    public void operations(OperationHost host) {
        LocationRoutes.mount(host);
    }
}

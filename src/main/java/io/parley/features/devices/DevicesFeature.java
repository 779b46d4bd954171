package io.parley.features.devices;

import io.parley.bus.Peers;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.session.SessionHost;
import io.parley.support.Metrics;
import java.util.concurrent.TimeUnit;

/** The door plate of devices and log-ins: what it hands to each host. */
public final class DevicesFeature implements Feature {
    private static final long EXPIRE_EVERY_MS = TimeUnit.HOURS.toMillis(1);

    private final Peers peers;
    private final Metrics metrics;

    /** @param peers who may have sessions */
    public DevicesFeature(Peers peers, Metrics metrics) {
        this.peers = peers;
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        DeviceStore store = new DeviceStore(host.database(), host.bus(), metrics);
        host.answer(DeviceActions.LIST, store::list);
        host.answer(DeviceActions.END, store::end);
        host.answer(DeviceActions.END_ALL, store::endAll);
        host.answer(DeviceActions.NOTE, store::note);
    }

    @Override
    public void operations(OperationHost host) {
        DeviceRoutes.register(host, new Connections(peers::present));
    }

    @Override
    public void session(SessionHost host) {
        host.listen(new DeviceLoop());
    }

    @Override
    public void jobs(JobsHost host) {
        host.onceEvery("devices.expire", EXPIRE_EVERY_MS, () -> DeviceStore.expire(host.database()));
    }
}

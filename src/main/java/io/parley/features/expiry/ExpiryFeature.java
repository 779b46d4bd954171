package io.parley.features.expiry;

import io.parley.server.Feature;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Metrics;

/** The door plate of messages that disappear. */
public final class ExpiryFeature implements Feature {
    private static final long LOOK_EVERY_MS = 1_000;

    private final Metrics metrics;

    public ExpiryFeature(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        ExpireMessages expire = new ExpireMessages(host.bus());
        host.answerInLane(
                ExpiryActions.EXPIRE,
                due -> host.lane().submit(expire, due).map(gone -> new ExpiryActions.Expired(gone.size())));
    }

    @Override
    public void jobs(JobsHost host) {
        ExpirySweep sweep = new ExpirySweep(host.bus(), host.database(), metrics);
        host.onceEvery("message expiry", LOOK_EVERY_MS, sweep::step);
    }
}

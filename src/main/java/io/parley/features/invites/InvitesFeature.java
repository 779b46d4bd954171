package io.parley.features.invites;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;
import java.util.concurrent.TimeUnit;

/** The door plate of invite links. */
public final class InvitesFeature implements Feature {
    private static final long FORGET_EVERY_MS = TimeUnit.HOURS.toMillis(1);

    private final Config config;

    public InvitesFeature(Config config) {
        this.config = config;
    }

    @Override
    public void persistence(PersistenceHost host) {
        InviteStore store = new InviteStore(host.database());
        InviteService service = new InviteService(host, store, config.limits().groupMembers());
        host.answerInLane(InviteActions.CREATE, service::create);
        host.answerInLane(InviteActions.REVOKE, service::revoke);
        host.answerInLane(InviteActions.ACCEPT, service::accept);
        host.answer(InviteActions.LIST, store::list);
        host.answer(InviteActions.LOOK, store::look);
    }

    @Override
    public void jobs(JobsHost host) {
        host.onceEvery("invites.forget", FORGET_EVERY_MS, new InviteStore(host.database())::forget);
    }

    @Override
    public void operations(OperationHost host) {
        InviteRoutes.mount(host);
    }
}

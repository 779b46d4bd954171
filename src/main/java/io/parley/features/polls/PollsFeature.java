package io.parley.features.polls;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;

/** Polls: what they hand to each host. */
public final class PollsFeature implements Feature {
    private static final long LOOK_EVERY_MS = 1_000;

    @Override
    public void persistence(PersistenceHost host) {
        PollService service = new PollService(host.bus(), host.lane());
        host.answerInLane(PollActions.VOTE, service::vote);
        host.answerInLane(PollActions.CLOSE, service::close);
        host.answer(PollActions.VOTERS, new PollStore(host.database())::voters);
    }

    @Override
    public void operations(OperationHost host) {
        PollRoutes.mount(host);
    }

    @Override
    public void jobs(JobsHost host) {
        PollClosing closing = new PollClosing(host.bus(), new PollStore(host.database()));
        host.onceEvery("polls to close", LOOK_EVERY_MS, closing::step);
    }
}

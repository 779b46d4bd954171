package io.parley.features.threads;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;

/** Threads: what they hand to each host. */
public final class ThreadsFeature implements Feature {
    @Override
    public void persistence(PersistenceHost host) {
        ThreadStore store = new ThreadStore(host.database());
        ThreadService service = new ThreadService(host.bus(), host.lane(), store);
        host.answerInLane(ThreadActions.OPEN, service::open);
        host.answerInLane(ThreadActions.FOLLOW, service::follow);
        host.answerInLane(ThreadActions.UNFOLLOW, service::unfollow);
        host.answerInLane(ThreadActions.REFRESH, service::refresh);
        host.answer(ThreadActions.GET, store::get);
        host.answer(ThreadActions.LIST, store::list);
    }

    @Override
    public void operations(OperationHost host) {
        ThreadRoutes.mount(host);
    }

    @Override
    public void jobs(JobsHost host) {
        ThreadSummaries summaries = new ThreadSummaries(host.bus(), host.database());
        host.follow("threads", summaries::apply, summaries::rebuild);
    }
}

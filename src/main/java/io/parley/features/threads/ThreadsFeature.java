package io.parley.features.threads;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** Threads: what they hand to each host. */
public final class ThreadsFeature implements Feature {
    private static final long LOOK_EVERY_MS = 1_000;

    private final int mostFollowed;

    public ThreadsFeature(Config config) {
        this.mostFollowed = config.limits().threadsFollowed();
    }

    @Override
    public void persistence(PersistenceHost host) {
        ThreadStore store = new ThreadStore(host.database());
        ThreadService service = new ThreadService(host.bus(), host.lane(), store, mostFollowed);
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
        host.onceEvery("threads.rebuild", LOOK_EVERY_MS, summaries::step);
    }
}

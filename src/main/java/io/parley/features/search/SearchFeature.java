package io.parley.features.search;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import java.util.concurrent.TimeUnit;

/** The door plate of search. */
public final class SearchFeature implements Feature {
    /** The name of the follower, by which its lag is told. */
    static final String FOLLOWER = "search";

    private static final long LOOK_EVERY_MS = TimeUnit.SECONDS.toMillis(2);

    @Override
    public void persistence(PersistenceHost host) {
        MessageSearch messages = new MessageSearch(new SearchStore(host.database()), System::nanoTime);
        ConversationSearch conversations = new ConversationSearch(host.database());
        RecentSearches recent = new RecentSearches(host.database(), host.bus());
        IndexStates states = new IndexStates(host.database());
        host.answer(SearchActions.MESSAGES, messages::find);
        host.answer(SearchActions.CONVERSATIONS, conversations::find);
        host.answer(SearchActions.RECENT, recent::list);
        host.answer(SearchActions.REMEMBER, recent::remember);
        host.answer(SearchActions.STATE, asked -> states.now());
        host.answer(SearchActions.REBUILD, asked -> states.rebuild());
    }

    @Override
    public void operations(OperationHost host) {
        SearchRoutes.mount(host);
    }

    @Override
    public void jobs(JobsHost host) {
        SearchProjection projection = new SearchProjection(host.database());
        IndexRebuild rebuild = new IndexRebuild(host.database());
        host.follow(FOLLOWER, projection::apply, () -> IndexRebuild.begin(host.database()));
        host.onceEvery("search.rebuild", LOOK_EVERY_MS, rebuild::step);
    }
}

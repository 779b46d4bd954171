package io.parley.features.drafts;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;
import io.vertx.core.Vertx;
import java.util.Objects;

/** Drafts: what they hand to each host. */
public final class DraftsFeature implements Feature {
    private final Config.Limits limits;

    public DraftsFeature(Config config) {
        this.limits = config.limits();
    }

    @Override
    public void persistence(PersistenceHost host) {
        Vertx vertx = Objects.requireNonNull(Vertx.currentContext(), "not on a verticle's context")
                .owner();
        DraftStore store = new DraftStore(host.database(), limits.drafts());
        DraftWriter writer =
                new DraftWriter(vertx, host.bus(), store, new DraftRules(limits.textBytes()), limits.drafts());
        host.answerInLane(DraftActions.SAVE, writer::save);
        host.answer(DraftActions.LIST, store::list);
    }

    @Override
    public void operations(OperationHost host) {
        DraftRoutes.mount(host);
    }
}

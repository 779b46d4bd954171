package io.parley.features.presence;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.presence.PresenceHost;
import io.parley.server.session.SessionHost;
import io.parley.support.Config;
import io.parley.support.Metrics;

/** Presence: what it hands to each host. */
public final class PresenceFeature implements Feature {
    /** With what a place lives after its last beat, a dead one is found within 12 s. */
    private static final long SWEEP_MS = 2_000;

    private static final long PENDING_MS = 1_000;

    private final Config config;
    private final Metrics metrics;

    public PresenceFeature(Config config, Metrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        ChoiceStore store = new ChoiceStore(host.database());
        host.answer(PresenceActions.CHOOSE, store::choose);
        host.answer(PresenceActions.CHOICES, store::choices);
    }

    @Override
    public void presence(PresenceHost host) {
        PresenceStore store = new PresenceStore(host.redis());
        Announcer announcer = new Announcer(host.vertx(), host.bus().events()::publish, metrics);
        PresenceService service = new PresenceService(host.bus(), store, announcer);
        Sweeper sweeper = new Sweeper(store, announcer, metrics);
        host.answer(PresenceActions.APPLY, service::apply);
        host.answer(PresenceActions.BEAT, service::beat);
        host.answer(PresenceActions.REPORT, service::report);
        host.answer(PresenceActions.STANDINGS, service::standings);
        host.every("presence sweep", SWEEP_MS, sweeper::sweep);
        host.every("presence choices", PENDING_MS, service::applyPending);
    }

    @Override
    public void operations(OperationHost host) {
        PresenceRoutes.mount(host);
    }

    @Override
    public void session(SessionHost host) {
        PresenceCommands.mount(host, new PresenceLoop(config.presence(), metrics));
    }
}

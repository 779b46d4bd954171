package io.parley.features.presence;

import io.parley.bus.Bus;
import io.parley.bus.PresenceFrame;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.privacy.PrivacyActions;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.presence.Gathering;
import io.parley.server.presence.PresenceHost;
import io.parley.server.session.SessionHost;
import io.parley.support.Config;
import io.parley.support.Metrics;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Presence: what it hands to each host. */
public final class PresenceFeature implements Feature {
    /** With what a place lives after its last beat, a dead one is found within 12 s. */
    private static final long SWEEP_MS = 2_000;

    private static final long PENDING_MS = 1_000;

    /** For PostgreSQL, before people are shown without it. */
    private static final long PATIENCE_MS = 1_000;

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
        Discretion discretion = new Discretion(
                people -> host.bus().ask(PrivacyActions.AUDIENCES, people).timeout(PATIENCE_MS, TimeUnit.MILLISECONDS));
        Gathering<Standing> announcer = new Gathering<>(
                host.vertx(),
                standing -> new Person(standing.tenant(), standing.user()),
                (old, next) -> Watched.older(next, old) ? old : next,
                changed -> publish(host.bus(), discretion, changed));
        PresenceService service = new PresenceService(host.bus(), store, announcer, discretion);
        Sweeper sweeper = new Sweeper(store, announcer, metrics);
        host.answer(PresenceActions.APPLY, service::apply);
        host.answer(PresenceActions.SHOW, service::show);
        host.answer(PresenceActions.BEAT, service::beat);
        host.answer(PresenceActions.REPORT, service::report);
        host.answer(PresenceActions.STANDINGS, service::standings);
        host.every("presence sweep", SWEEP_MS, sweeper::sweep);
        host.every("presence choices", PENDING_MS, service::applyPending);
    }

    private void publish(Bus bus, Discretion discretion, List<Standing> changed) {
        metrics.presenceChanged(changed.size());
        discretion.over(changed).onSuccess(people -> bus.events().publish(new PresenceFrame(people)));
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

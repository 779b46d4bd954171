package io.parley.features.settings;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** A person's own settings of conversations: what they hand to each host. */
public final class SettingsFeature implements Feature {
    private final int mostPinned;

    public SettingsFeature(Config config) {
        this.mostPinned = config.limits().pinnedConversations();
    }

    @Override
    public void persistence(PersistenceHost host) {
        SettingsStore store = new SettingsStore(host.database(), mostPinned);
        SettingsService service = new SettingsService(host.bus(), store, mostPinned);
        host.answer(SettingsActions.CHANGE, service::change);
        host.answer(SettingsActions.PIN, service::pin);
    }

    @Override
    public void operations(OperationHost host) {
        SettingsRoutes.mount(host);
    }
}

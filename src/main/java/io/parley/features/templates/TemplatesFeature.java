package io.parley.features.templates;

import io.parley.features.expiry.Lifetimes;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;

/** The door plate of templates. */
public final class TemplatesFeature implements Feature {
    private final Config config;

    public TemplatesFeature(Config config) {
        this.config = config;
    }

    @Override
    public void persistence(PersistenceHost host) {
        TemplateStore store = new TemplateStore(host.database(), Lifetimes.of(config.limits()));
        host.answer(TemplateActions.LIST, store::list);
        host.answer(TemplateActions.STORE, store::store);
    }

    @Override
    public void operations(OperationHost host) {
        TemplateRoutes.mount(host);
    }
}

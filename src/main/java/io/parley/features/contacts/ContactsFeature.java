package io.parley.features.contacts;

import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;
import io.parley.support.Metrics;
import java.util.concurrent.TimeUnit;

/** Contacts, blocks and discovery: what they hand to each host. */
public final class ContactsFeature implements Feature {
    private static final long PRUNE_EVERY_MS = TimeUnit.HOURS.toMillis(1);
    private static final long TEND_EVERY_MS = TimeUnit.MINUTES.toMillis(10);

    private final int hashesPerDay;
    private final Metrics metrics;

    public ContactsFeature(Config config, Metrics metrics) {
        this.hashesPerDay = config.limits().discoveryHashesPerDay();
        this.metrics = metrics;
    }

    @Override
    public void persistence(PersistenceHost host) {
        ContactStore store = new ContactStore(host.database());
        ContactService service =
                new ContactService(new ContactChanges(host.database()), new ContactPublisher(host.bus()));
        DiscoveryStore discovery = new DiscoveryStore(host.database(), hashesPerDay, metrics);
        host.answer(ContactActions.REQUEST, service::request);
        host.answer(ContactActions.ACCEPT, service::accept);
        host.answer(ContactActions.DECLINE, service::decline);
        host.answer(ContactActions.CANCEL, service::cancel);
        host.answer(ContactActions.REMOVE, service::remove);
        host.answer(ContactActions.BLOCK, service::block);
        host.answer(ContactActions.UNBLOCK, service::unblock);
        host.answer(ContactActions.LIST, store::contacts);
        host.answer(ContactActions.LIST_REQUESTS, store::requests);
        host.answer(ContactActions.LIST_BLOCKS, store::blocks);
        host.answer(ContactActions.BLOCKERS, store::blockers);
        host.answer(DiscoveryActions.SALT, discovery::salt);
        host.answer(DiscoveryActions.DISCOVER, discovery::discover);
    }

    @Override
    public void operations(OperationHost host) {
        ContactRoutes.mount(host);
        DiscoveryRoutes.mount(host, hashesPerDay);
    }

    @Override
    public void jobs(JobsHost host) {
        host.onceEvery("contacts.prune", PRUNE_EVERY_MS, () -> ContactChanges.prune(host.database()));
        host.onceEvery("contacts.discovery", TEND_EVERY_MS, () -> DiscoveryStore.tend(host.database()));
    }
}

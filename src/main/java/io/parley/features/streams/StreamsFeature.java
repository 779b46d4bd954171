package io.parley.features.streams;

import io.parley.server.Feature;
import io.parley.server.presence.PresenceHost;
import io.parley.server.session.TicketActions;

/** Event streams: keeps tickets for the session host, which does the rest. */
public final class StreamsFeature implements Feature {
    @Override
    public void presence(PresenceHost host) {
        TicketStore store = new TicketStore(host.redis());
        host.answer(TicketActions.DEPOSIT, store::deposit);
        host.answer(TicketActions.CLAIM, store::claim);
    }
}

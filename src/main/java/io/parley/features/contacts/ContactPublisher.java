package io.parley.features.contacts;

import io.parley.bus.Bus;
import io.parley.bus.PersonalFrame;
import io.parley.bus.PresenceFrame;
import io.parley.features.contacts.ContactActions.Pair;
import io.parley.features.contacts.ContactChanges.Told;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells of committed changes. */
final class ContactPublisher {
    private final Bus bus;

    ContactPublisher(Bus bus) {
        this.bus = bus;
    }

    /** Tells each person of what has changed in his lists. */
    void told(List<Told> events) {
        events.forEach(told -> bus.events()
                .publish(new PersonalFrame(told.person(), told.userVersion(), false, ContactEvents.of(told))));
    }

    /**
     * Tells the nodes, and no client, that the two may see other things of each other than before.
     *
     * @param conversation the direct one of the two
     */
    void looksDifferent(Pair pair, @Nullable UUID conversation) {
        bus.events()
                .publish(new PresenceFrame(
                        List.of(),
                        List.of(
                                new PresenceFrame.Viewer(pair.user(), conversation),
                                new PresenceFrame.Viewer(pair.actor(), conversation))));
    }
}

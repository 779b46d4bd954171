package io.parley.server.session;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The sessions of one event loop that are in one conversation, and how far they have got. */
final class Room {
    final UUID conversation;
    final List<Subscription> subscriptions = new ArrayList<>(2);

    /** The last version delivered here and the message number that goes with it. */
    long version;

    long lastNumber;

    /** Count of the loop's deliveries at the last one here, for telling what is new since a session's last ping. */
    long deliveredAt;

    Room(UUID conversation) {
        this.conversation = conversation;
    }

    void add(Subscription subscription) {
        subscription.index = subscriptions.size();
        subscriptions.add(subscription);
    }

    /** Removes in constant time: the last one takes the place of the removed one. */
    void remove(Subscription subscription) {
        Subscription last = subscriptions.removeLast();
        if (last != subscription) {
            subscriptions.set(subscription.index, last);
            last.index = subscription.index;
        }
    }
}

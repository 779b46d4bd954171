package io.parley.features.messages;

import io.parley.bus.Bus;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.features.conversations.ConversationEvents;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * A thread that has ended with its message.
 *
 * @param users those who followed it
 */
public record EndedThread(UUID conversation, long version, long lastNumber, List<Loser> users) {
    /** @param userVersion the version of his own with which he lost it */
    public record Loser(UUID user, long userVersion) {}

    /** Tells everybody, after the event of the message. */
    public void publish(Bus bus) {
        List<UUID> leaving = users.stream().map(Loser::user).toList();
        Buffer deleted = ConversationEvents.deleted(conversation, version);
        bus.events().publish(new Frame(conversation, version, lastNumber, List.of(), leaving, deleted, 0));
        for (Loser loser : users) {
            Buffer lost = ConversationEvents.lost(conversation, loser.userVersion(), version);
            bus.events().publish(new PersonalFrame(loser.user(), loser.userVersion(), false, lost));
        }
    }
}

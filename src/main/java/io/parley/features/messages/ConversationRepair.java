package io.parley.features.messages;

import io.parley.server.session.HubActions;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** Answers the hub's question for what it lacks of a conversation with a finished {@code changes} frame. */
final class ConversationRepair {
    private final ChangesStore store;

    ConversationRepair(ChangesStore store) {
        this.store = store;
    }

    private record Frame(String type, UUID conversation, long after, MessageActions.Changes result) {}

    Future<HubActions.Repaired> repair(HubActions.Repair asked) {
        return store.since(asked.conversation(), asked.after()).map(found -> {
            MessageActions.Changes changes = found.changes();
            return new HubActions.Repaired(
                    changes.version(),
                    found.lastNumber(),
                    changes.more(),
                    Json.encode(new Frame(MessageEvents.CHANGES, asked.conversation(), asked.after(), changes)),
                    found.joined(),
                    found.out(),
                    Json.encode(new Frame(MessageEvents.CHANGES, asked.conversation(), 0, anew(changes))));
        });
    }

    /** For those who may not see all that happened since: that there is a conversation to be read. */
    private static MessageActions.Changes anew(MessageActions.Changes changes) {
        return new MessageActions.Changes(changes.epoch(), changes.version(), List.of(), List.of(), null, false, true);
    }
}

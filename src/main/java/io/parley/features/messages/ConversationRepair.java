package io.parley.features.messages;

import io.parley.features.conversations.ConversationEvents;
import io.parley.server.session.HubActions;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
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
        return store.since(asked.conversation(), asked.after())
                .map(found -> repaired(asked, found))
                .recover(cause -> cause instanceof AppError error && error.code() == ErrorCode.NOT_FOUND
                        ? store.end(asked.conversation()).map(head -> ended(asked.conversation(), head))
                        : Future.failedFuture(cause));
    }

    private static HubActions.Repaired repaired(HubActions.Repair asked, ChangesStore.Snapshot found) {
        MessageActions.Changes changes = found.changes();
        return new HubActions.Repaired(
                changes.version(),
                found.lastNumber(),
                changes.more(),
                Json.encode(new Frame(MessageEvents.CHANGES, asked.conversation(), asked.after(), changes)),
                found.joined(),
                found.out(),
                Json.encode(new Frame(MessageEvents.CHANGES, asked.conversation(), 0, anew(changes))),
                false,
                found.oldest());
    }

    /** Whatever came before its end, that is what is left to be told. */
    private static HubActions.Repaired ended(UUID conversation, ChangesStore.Head head) {
        Buffer deleted = ConversationEvents.deleted(conversation, head.version());
        return new HubActions.Repaired(
                head.version(), head.lastNumber(), false, deleted, List.of(), List.of(), deleted, true, 0);
    }

    /** For those who may not see all that happened since: that there is a conversation to be read. */
    private static MessageActions.Changes anew(MessageActions.Changes changes) {
        return new MessageActions.Changes(changes.epoch(), changes.version(), List.of(), List.of(), null, false, true);
    }
}

package io.parley.features.messages;

import io.parley.features.conversations.MemberView;
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
                    users(changes.members(), true),
                    users(changes.members(), false));
        });
    }

    /** A member whose role was changed counts as come, too: whoever is in already is not let in twice. */
    private static List<UUID> users(List<MemberView> members, boolean active) {
        return members.stream()
                .filter(member -> member.active() == active)
                .map(MemberView::user)
                .toList();
    }
}

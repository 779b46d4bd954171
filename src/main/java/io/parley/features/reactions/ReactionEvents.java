package io.parley.features.reactions;

import io.parley.features.reactions.ReactionActions.Reaction;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * The events of reactions, as finished frames. One tells of all who have added, or removed, the same emoji in one call:
 * whoever gets it puts count and users in place of what he has and need not know what they were.
 */
public final class ReactionEvents {
    public static final String ADDED = "reaction.added";
    public static final String REMOVED = "reaction.removed";

    private ReactionEvents() {}

    private record Changed(
            String type,
            UUID conversation,
            long version,
            UUID message,
            long number,
            String emoji,
            List<UUID> actors,
            int count,
            List<UUID> users) {}

    /**
     * @param number of the message
     * @param actors who did it
     * @param after what the message shows of the emoji now
     */
    static Buffer changed(
            boolean added,
            UUID conversation,
            long version,
            UUID message,
            long number,
            List<UUID> actors,
            Reaction after) {
        return Json.encode(new Changed(
                added ? ADDED : REMOVED,
                conversation,
                version,
                message,
                number,
                after.emoji(),
                actors,
                after.count(),
                after.users()));
    }
}

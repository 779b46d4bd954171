package io.parley.features.conversations;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for everybody in a conversation.
 *
 * @param parent of a thread, else null
 */
public record ConversationSettings(
        UUID id,
        String type,
        @Nullable String name,
        String visibility,
        String history,
        @Nullable UUID createdBy,
        Instant createdAt,
        int memberCount,
        @Nullable Parent parent) {
    /** The message that a thread hangs on. */
    public record Parent(UUID conversation, long number) {}
}

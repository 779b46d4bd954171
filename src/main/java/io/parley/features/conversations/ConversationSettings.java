package io.parley.features.conversations;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for everybody in a conversation, as {@code conversation_settings} tells it. What only groups have is
 * null elsewhere.
 *
 * @param parent of a thread, else null
 * @param notifications what members are told of who have chosen nothing themselves
 * @param disappearAfter seconds after which messages sent from now on disappear; 0: they do not
 * @param permissions the least role for each
 * @param roles those of this conversation
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
        @Nullable Parent parent,
        @Nullable String description,
        @Nullable String topic,
        @Nullable String color,
        @Nullable String icon,
        @Nullable String notifications,
        @Nullable Integer slowModeSeconds,
        @Nullable Integer disappearAfter,
        @Nullable String status,
        @Nullable Instant deletedAt,
        @Nullable Map<String, String> permissions,
        @Nullable List<CustomRole> roles) {
    /** The message that a thread hangs on. */
    public record Parent(UUID conversation, long number) {}

    /** Those of a thread that has just been made. */
    static ConversationSettings ofThread(UUID id, Parent parent, UUID creator, Instant createdAt, int followers) {
        return new ConversationSettings(
                id, "thread", null, "private", "all", creator, createdAt, followers, parent, null, null, null, null,
                null, null, null, null, null, null, null);
    }
}

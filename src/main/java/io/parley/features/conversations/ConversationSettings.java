package io.parley.features.conversations;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is the same for everybody in a conversation. */
public record ConversationSettings(
        UUID id,
        String type,
        @Nullable String name,
        String visibility,
        String history,
        @Nullable UUID createdBy,
        Instant createdAt,
        int memberCount) {}

package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as everybody sees it, in events, histories and lists alike. */
public record MessageView(
        UUID id,
        UUID conversation,
        long number,
        long version,
        @Nullable UUID sender,
        String type,
        @Nullable String text,
        @Nullable JsonNode system,
        Instant createdAt,
        @Nullable Instant editedAt,
        @Nullable Instant deletedAt) {
    static final String TEXT = "text";
    static final String SYSTEM = "system";
}

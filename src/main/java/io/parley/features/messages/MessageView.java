package io.parley.features.messages;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as everybody sees it, in events, histories and lists alike.
 *
 * @param fields what else it has: what its type consists of ({@code text} …), and what became of it since ({@code
 *     pinned}, {@code reactions} …); none when it was deleted
 */
public record MessageView(
        UUID id,
        UUID conversation,
        long number,
        long version,
        @Nullable UUID sender,
        String type,
        @JsonAnyGetter @JsonAnySetter Map<String, JsonNode> fields,
        Instant createdAt,
        @Nullable Instant editedAt,
        @Nullable Instant deletedAt) {
    static final String TEXT = "text";
    static final String SYSTEM = "system";
    static final String FORWARD = "forward";

    /** What it says; a caption, if it is no text. */
    @JsonIgnore
    public @Nullable String text() {
        JsonNode text = fields.get(TEXT);
        return text == null ? null : text.textValue();
    }
}

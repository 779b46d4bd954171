package io.parley.features.messages;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.parley.support.OneLine;
import io.parley.support.Texts;
import io.parley.support.markdown.Markdown;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message as everybody sees it, in events, histories and lists alike.
 *
 * @param fields what else it has: what its type consists of ({@code text} …), and what became of it since ({@code
 *     pinned}, {@code reactions} …); none when it was deleted
 * @param expiresAt when it disappears by itself, or has
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
        @Nullable Instant deletedAt,
        @Nullable Instant expiresAt) {
    static final String TEXT = "text";
    static final String PREVIEW = "preview";
    static final String SYSTEM = "system";
    static final String FORWARD = "forward";
    static final String CODE = "code";
    static final String LANGUAGE = "language";
    static final String LOCATION = "location";
    static final String CONTACT = "contact";
    static final String POLL = "poll";
    static final String CLIENT = "client";

    /** As it is to somebody who has hidden it from himself: that it was there. */
    public MessageView hidden() {
        Map<String, JsonNode> tombstone = Map.of("hidden", BooleanNode.TRUE);
        return new MessageView(id, conversation, number, version, null, type, tombstone, createdAt, null, null, null);
    }

    /** What it says; a caption, if it is no text. */
    @JsonIgnore
    public @Nullable String text() {
        JsonNode text = fields.get(TEXT);
        return text == null ? null : text.textValue();
    }

    /** What it says as Markdown, code as a block of it. */
    @JsonIgnore
    public @Nullable String markdown() {
        String text = text();
        return text == null || !type.equals(CODE)
                ? text
                : Markdown.fenced(
                        fields.getOrDefault(LANGUAGE, MissingNode.getInstance()).asText(), text);
    }

    /** What it says in one line, for lists and notifications; null when it says nothing. */
    @JsonIgnore
    public @Nullable String preview() {
        return switch (type) {
            case LOCATION ->
                line(
                        LOCATION,
                        place -> place.path("address")
                                .asText(place.path("latitude").asText() + ", "
                                        + place.path("longitude").asText()));
            case CONTACT -> line(CONTACT, card -> card.path("name").asText());
            case POLL -> line(POLL, poll -> poll.path("question").asText());
            default -> {
                String markdown = markdown();
                yield markdown == null ? null : Markdown.preview(markdown);
            }
        };
    }

    private @Nullable String line(String field, Function<JsonNode, String> words) {
        JsonNode value = fields.get(field);
        return value == null ? null : OneLine.of(words.apply(value), OneLine.PREVIEW);
    }

    /** Of all that it is made of, more or less. */
    public long bytes() {
        return fields.values().stream()
                .mapToLong(field -> field.isTextual()
                        ? Texts.utf8Length(field.textValue())
                        : field.toString().length())
                .sum();
    }
}

package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/** The server's acknowledgement: the message is stored. */
public record SentMessage(UUID id, long number, long version, String createdAt) {
    static SentMessage of(JsonNode result) {
        return new SentMessage(
                Wire.id(result, "id"),
                result.path("number").asLong(),
                result.path("version").asLong(),
                result.path("createdAt").asText());
    }
}

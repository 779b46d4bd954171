package io.parley.support;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.util.UUID;

/** Reads ids in their canonical spelling only; Jackson's own reader also takes base64 and other forms. */
final class JsonId extends StdScalarDeserializer<UUID> {
    private static final long serialVersionUID = 1L;

    JsonId() {
        super(UUID.class);
    }

    @Override
    public UUID deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return (UUID) context.handleUnexpectedToken(UUID.class, parser);
        }
        try {
            return Ids.parse("id", parser.getText());
        } catch (AppError notAnId) {
            return (UUID) context.handleWeirdStringValue(UUID.class, parser.getText(), "must be a UUID");
        }
    }
}

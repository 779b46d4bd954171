package io.parley.features.messages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Json;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes views of rows of the table {@code messages}. */
public final class MessageRows {
    private MessageRows() {}

    /**
     * @param row with conversation_id, number, version, id, sender_id, type, content, created_at, edited_at, deleted_at
     */
    public static MessageView view(Row row) {
        return view(
                row.getUUID("id"),
                row.getUUID("conversation_id"),
                row.getLong("number"),
                row.getLong("version"),
                row.getUUID("sender_id"),
                row.getString("type"),
                row.getString("content"),
                instant(row.getOffsetDateTime("created_at")),
                nullable(row.getOffsetDateTime("edited_at")),
                nullable(row.getOffsetDateTime("deleted_at")));
    }

    private static MessageView view(
            UUID id,
            UUID conversation,
            long number,
            long version,
            @Nullable UUID sender,
            String type,
            @Nullable String content,
            Instant createdAt,
            @Nullable Instant editedAt,
            @Nullable Instant deletedAt) {
        JsonNode fields = content == null ? null : tree(content);
        boolean system = type.equals(MessageView.SYSTEM);
        return new MessageView(
                id,
                conversation,
                number,
                version,
                system ? null : sender,
                type,
                fields == null || system ? null : fields.path("text").textValue(),
                fields == null || !system ? null : notice(fields, sender),
                createdAt,
                editedAt,
                deletedAt);
    }

    /** A system message that has just been written, from what the writing function returned of it. */
    public static MessageView system(
            UUID id,
            UUID conversation,
            long number,
            long version,
            @Nullable UUID actor,
            String content,
            Instant createdAt) {
        return view(id, conversation, number, version, actor, MessageView.SYSTEM, content, createdAt, null, null);
    }

    /** Who acted stands in the row's sender, so that it follows what becomes of the account. */
    private static JsonNode notice(JsonNode fields, @Nullable UUID actor) {
        if (actor != null && fields instanceof ObjectNode notice) {
            notice.put("actor", actor.toString());
        }
        return fields;
    }

    private static JsonNode tree(String content) {
        try {
            return Json.mapper().readTree(content);
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException("stored content is not JSON", defect);
        }
    }

    private static Instant instant(OffsetDateTime time) {
        return time.toInstant();
    }

    private static @Nullable Instant nullable(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}

package io.parley.features.messages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.Json;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes views of rows of the table {@code messages}. */
public final class MessageRows {
    /** The columns of {@code messages s} that a view is made of. */
    public static final String COLUMNS = "s.conversation_id, s.number, s.version, s.id, s.sender_id, s.type, s.content,"
            + " s.created_at, s.edited_at, s.deleted_at, s.state::text AS state";

    private MessageRows() {}

    /** @param row with {@link #COLUMNS} */
    public static MessageView view(Row row) {
        String type = row.getString("type");
        UUID sender = row.getUUID("sender_id");
        boolean system = type.equals(MessageView.SYSTEM);
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        String content = row.getString("content");
        if (content != null) {
            fields.putAll(system ? notice(content, sender) : fields(content));
        }
        String state = row.getString("state");
        if (state != null) {
            fields.putAll(fields(state));
        }
        return new MessageView(
                row.getUUID("id"),
                row.getUUID("conversation_id"),
                row.getLong("number"),
                row.getLong("version"),
                system ? null : sender,
                type,
                fields,
                instant(row.getOffsetDateTime("created_at")),
                nullable(row.getOffsetDateTime("edited_at")),
                nullable(row.getOffsetDateTime("deleted_at")));
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
        return new MessageView(
                id,
                conversation,
                number,
                version,
                null,
                MessageView.SYSTEM,
                notice(content, actor),
                createdAt,
                null,
                null);
    }

    /** Who acted stands in the row's sender, so that it follows what becomes of the account. */
    private static Map<String, JsonNode> notice(String content, @Nullable UUID actor) {
        ObjectNode notice = tree(content);
        if (actor != null) {
            notice.set("actor", TextNode.valueOf(actor.toString()));
        }
        return Map.of(MessageView.SYSTEM, notice);
    }

    /** The fields of stored content or state. */
    static Map<String, JsonNode> fields(String stored) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        tree(stored).properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    /** What stored content says; empty if it says nothing. */
    static String text(String content) {
        return tree(content).path(MessageView.TEXT).asText();
    }

    private static ObjectNode tree(String content) {
        try {
            return (ObjectNode) Json.mapper().readTree(content);
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException("stored content is not JSON", defect);
        }
    }

    /** A time as the interface writes it. */
    static String time(Row row, String column) {
        return Json.mapper().convertValue(instant(row.getOffsetDateTime(column)), String.class);
    }

    private static Instant instant(OffsetDateTime time) {
        return time.toInstant();
    }

    private static @Nullable Instant nullable(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}

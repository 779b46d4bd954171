package io.parley.features.messages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.Json;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes views of rows of the table {@code messages}. */
public final class MessageRows {
    /** The columns of {@code messages s} that a view is made of. */
    public static final String COLUMNS = "s.conversation_id, s.number, s.version, s.id, s.sender_id, s.type, s.content,"
            + " s.created_at, s.edited_at, s.deleted_at, s.state::text AS state";

    private MessageRows() {}

    /** The columns of another message in the same row, each named with this prefix. */
    public static String columns(String table, String prefix) {
        return Arrays.stream(COLUMNS.replace(" AS state", "").split(", "))
                .map(column -> column.replace("s.", table + ".") + " AS " + prefix
                        + column.replace("s.", "").replace("::text", ""))
                .collect(Collectors.joining(", "));
    }

    /** @param row with {@link #COLUMNS} */
    public static MessageView view(Row row) {
        return view(row, "");
    }

    /** @param prefix as of {@link #columns} */
    public static MessageView view(Row row, String prefix) {
        String type = row.getString(prefix + "type");
        UUID sender = row.getUUID(prefix + "sender_id");
        boolean system = type.equals(MessageView.SYSTEM);
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        String content = row.getString(prefix + "content");
        if (content != null) {
            fields.putAll(system ? notice(content, sender) : fields(content));
        }
        String state = row.getString(prefix + "state");
        if (state != null) {
            fields.putAll(fields(state));
        }
        return new MessageView(
                row.getUUID(prefix + "id"),
                row.getUUID(prefix + "conversation_id"),
                row.getLong(prefix + "number"),
                row.getLong(prefix + "version"),
                system ? null : sender,
                type,
                fields,
                instant(row.getOffsetDateTime(prefix + "created_at")),
                nullable(row.getOffsetDateTime(prefix + "edited_at")),
                nullable(row.getOffsetDateTime(prefix + "deleted_at")));
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

package io.parley.features.messages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.Json;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes views of rows of the table {@code messages}. */
public final class MessageRows {
    private static final Map<String, String> EXPRESSIONS = Map.of(
            "state",
            "s.state::text",
            "expired",
            "(s.expires_at <= statement_timestamp() AND s.deleted_at IS NULL) IS TRUE");

    private static final List<String> NAMES = List.of(
            "conversation_id",
            "number",
            "version",
            "id",
            "sender_id",
            "type",
            "content",
            "created_at",
            "edited_at",
            "deleted_at",
            "state",
            "expires_at",
            "expired");

    /** The columns of {@code messages s} that a view is made of. */
    public static final String COLUMNS = columns("s", "");

    /** Of {@code messages s}: that it is there to be read, neither deleted nor past its time. */
    public static final String THERE = "(s.deleted_at IS NULL AND (s.expires_at > statement_timestamp()) IS NOT FALSE)";

    private static final Map<String, JsonNode> EXPIRED = Map.of("expired", BooleanNode.TRUE);

    private MessageRows() {}

    /** The columns of another message in the same row, each named with this prefix. */
    public static String columns(String table, String prefix) {
        return NAMES.stream()
                .map(name ->
                        EXPRESSIONS.getOrDefault(name, "s." + name).replace("s.", table + ".") + " AS " + prefix + name)
                .collect(Collectors.joining(", "));
    }

    /**
     * Those for a view by one reader: with what he himself has reacted and voted.
     *
     * @param reader his id in SQL
     */
    public static String columnsFor(String reader) {
        return COLUMNS.replace("s.state::text", stateFor(reader));
    }

    /** The state of {@code messages s} as one reader is shown it; that of somebody who is null is everybody's. */
    static String stateFor(String reader) {
        return "CASE WHEN " + reader + " IS NULL THEN s.state ELSE s.state"
                + own("reactions", "reacted", reader)
                + own("results", "voted", reader)
                + " END::text";
    }

    private static String own(String field, String function, String reader) {
        return " || CASE WHEN s.state ? '%s' THEN %s(s.conversation_id, s.number, %s) ELSE '{}' END"
                .formatted(field, function, reader);
    }

    /** @param row with {@link #COLUMNS} */
    public static MessageView view(Row row) {
        return view(row, "");
    }

    /**
     * A message whose time has come is shown as what the sweep will make of it.
     *
     * @param prefix as of {@link #columns}
     */
    public static MessageView view(Row row, String prefix) {
        String type = row.getString(prefix + "type");
        UUID sender = row.getUUID(prefix + "sender_id");
        boolean system = type.equals(MessageView.SYSTEM);
        Instant expiresAt = nullable(row.getOffsetDateTime(prefix + "expires_at"));
        boolean expired = row.getBoolean(prefix + "expired");
        return new MessageView(
                row.getUUID(prefix + "id"),
                row.getUUID(prefix + "conversation_id"),
                row.getLong(prefix + "number"),
                row.getLong(prefix + "version"),
                system ? null : sender,
                type,
                expired ? EXPIRED : fields(row, prefix, system),
                instant(row.getOffsetDateTime(prefix + "created_at")),
                nullable(row.getOffsetDateTime(prefix + "edited_at")),
                expired ? expiresAt : nullable(row.getOffsetDateTime(prefix + "deleted_at")),
                expiresAt);
    }

    private static Map<String, JsonNode> fields(Row row, String prefix, boolean system) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        String content = row.getString(prefix + "content");
        if (content != null) {
            fields.putAll(system ? notice(content, row.getUUID(prefix + "sender_id")) : fields(content));
        }
        String state = row.getString(prefix + "state");
        if (state != null) {
            fields.putAll(fields(state));
        }
        return fields;
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

    static @Nullable Instant nullable(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}

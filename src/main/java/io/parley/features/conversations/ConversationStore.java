package io.parley.features.conversations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.features.conversations.ConversationActions.Conversations;
import io.parley.features.conversations.ConversationActions.Filter;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ListOwn;
import io.parley.features.messages.MessageRows;
import io.parley.features.messages.MessageView;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.parley.support.NameWords;
import io.parley.support.TimeCursor;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads conversations as one of their members sees them. Which ones are found by {@code user_conversations} and
 * {@code conversation_counters} alone; the rest is read only for those that are answered, so that a page costs much the
 * same for a person with ten conversations and one with thousands. The last message may always be read: whoever is
 * in was in when it was written, because his coming is announced by a message itself. Where he has hidden any, the last one
 * that is left is looked for.
 */
final class ConversationStore {
    private static final String VIEWS = """
            SELECT c.id AS conversation, conversation_settings(c, p.slow_seconds)::text AS settings, p.last_number,
                   p.last_version, p.last_at, m.role, m.role_id,
                   CASE WHEN m.silenced_until > clock_timestamp() AND m.silenced_until < 'infinity' THEN m.silenced_until END
                       AS silenced_until,
                   coalesce(r.read_number, 0) AS read_number, n.unread, t.mentions, pair.people, p.pin,
                   p.settings::text AS own_settings, p.archived,
                   %s
              FROM page p
              JOIN conversations c ON c.root_id = p.root_id AND c.id = p.conversation_id
              JOIN members m ON m.root_id = p.root_id AND m.conversation_id = p.conversation_id AND m.user_id = $2
                            AND m.active
              LEFT JOIN marks r ON r.root_id = p.root_id AND r.conversation_id = p.conversation_id AND r.user_id = $2
              LEFT JOIN hidden_histories x ON x.user_id = $2 AND x.conversation_id = p.conversation_id
              LEFT JOIN LATERAL (
                   SELECT * FROM messages s
                    WHERE c.status = 'active' AND s.conversation_id = p.conversation_id AND s.number <= p.last_number
                      AND s.number >= CASE WHEN x.user_id IS NULL THEN p.last_number
                                           WHEN c.history = 'all' THEN x.cleared_number + 1
                                           ELSE greatest(x.cleared_number + 1, m.from_number) END
                      AND (x.singles > 0 AND hidden_for($2, s.conversation_id, s.number)) IS NOT TRUE
                    ORDER BY s.number DESC LIMIT 1) s ON true
             CROSS JOIN LATERAL unread(p.root_id, p.conversation_id, $2) n
             CROSS JOIN LATERAL unread_mentions(p.conversation_id, $2) t
              LEFT JOIN LATERAL (
                   SELECT array_agg(o.user_id ORDER BY o.user_id = $2 DESC) AS people FROM members o
                    WHERE c.type = 'direct' AND o.root_id = p.root_id AND o.conversation_id = p.conversation_id
                      AND o.active) pair ON true
             ORDER BY p.pin DESC, p.last_at DESC, p.conversation_id DESC""".formatted(MessageRows.COLUMNS);

    private static final String OWN = """
            SELECT u.root_id, u.conversation_id, u.settings, k.last_number, k.last_version, k.last_at, k.slow_seconds,
                   is_archived(u.settings, u.archived_counted, k.last_counted) AS archived, %s AS pin
              FROM user_conversations u
              JOIN conversation_counters k ON k.root_id = u.root_id AND k.id = u.conversation_id
             WHERE u.tenant_id = $1 AND u.user_id = $2 AND u.state = 'member' AND %s""";

    private static final String PAGE = "WITH page AS MATERIALIZED (%s)\n";

    private static final String GET = PAGE.formatted(OWN.formatted("0::bigint", """
            u.conversation_id = $3 AND NOT EXISTS (
                SELECT FROM conversation_counters r
                 WHERE r.id = u.root_id AND r.root_id = u.root_id AND r.send_rank = 4)""")) + VIEWS;

    /** The unread ones are looked for one after the other, until there are enough of them. */
    private static final String LIST = PAGE.formatted("""
            SELECT * FROM (
                SELECT * FROM (%s) o
                 WHERE ($3::bigint IS NULL OR (o.pin, o.last_at, o.conversation_id) < ($3, $4, $5))
                   AND ($7::boolean IS NULL OR o.archived = $7)
                 ORDER BY o.pin DESC, o.last_at DESC, o.conversation_id DESC OFFSET 0) o
             WHERE NOT $8 OR o.settings ? 'markedUnread' OR EXISTS (
                   SELECT FROM unread(o.root_id, o.conversation_id, $2) n WHERE n.unread > 0)
             ORDER BY o.pin DESC, o.last_at DESC, o.conversation_id DESC LIMIT $6""");

    /** By the ranks of {@code conversation_counters}; deleted ones are for those who may restore them. */
    private static final Map<String, String> BY_STATUS = Map.of(
            "present", "k.send_rank <> 4",
            "active", "k.send_rank NOT IN (4, 6)",
            "archived", "k.send_rank = 6",
            "deleted", """
            k.send_rank = 4 AND EXISTS (
                SELECT FROM conversations c
                  JOIN members m ON m.conversation_id = c.id AND m.root_id = c.id AND m.user_id = $2 AND m.active
                 WHERE c.id = k.id AND c.root_id = k.id AND c.status = 'deleted'
                   AND c.deleted_at > clock_timestamp() - make_interval(days => $11)
                   AND permits(permissions_of(c.permissions, false, m.role_id), role_rank(m.role), 'delete_conversation'))""");

    private static final String BY_NAME = """
            NOT EXISTS (SELECT FROM unnest($12::text[]) t
                         WHERE NOT EXISTS (SELECT FROM unnest(words_of(k.id, $2)) w WHERE starts_with(w, t)))""";

    private static final Map<String, String> LISTS = lists("$12::text[] IS NULL");
    private static final Map<String, String> NAMED_LISTS = lists(BY_NAME);

    private final Database database;
    private final int restoreDays;

    /** @param restoreDays for how long deleted conversations may be restored */
    ConversationStore(Database database, int restoreDays) {
        this.database = database;
        this.restoreDays = restoreDays;
    }

    /** Statements of their own, so that whoever looks for no name has a plan that knows of none. */
    private static Map<String, String> lists(String byName) {
        String pin = "CASE WHEN $9 THEN coalesce((u.settings ->> 'pinned')::bigint, 0) ELSE 0 END";
        return BY_STATUS.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        status ->
                                LIST.formatted(OWN.formatted(pin, """
                u.type <> 'thread' AND ($10::text IS NULL OR u.type = $10) AND $11::int IS NOT NULL AND %s
                           AND %s""".formatted(status.getValue(), byName))) + VIEWS));
    }

    Future<ConversationView> get(Get asked) {
        return database.query(GET, Tuple.of(asked.tenant(), asked.user(), asked.conversation()))
                .map(rows ->
                        rows.stream().findFirst().map(ConversationStore::view).orElseThrow(AppError::notFound));
    }

    /** Where a page ends. */
    private record Place(long pin, TimeCursor last) {
        private static final char SEPARATOR = '.';

        String text() {
            return pin + "" + SEPARATOR + last.text();
        }

        static @Nullable Place orNull(@Nullable String text) {
            if (text == null) {
                return null;
            }
            int separator = text.indexOf(SEPARATOR);
            TimeCursor last = Objects.requireNonNull(TimeCursor.orNull(text.substring(separator + 1)));
            try {
                return new Place(Long.parseLong(text.substring(0, Math.max(0, separator))), last);
            } catch (NumberFormatException notANumber) {
                throw AppError.field("cursor", "format", "is not a cursor of this list");
            }
        }
    }

    Future<Conversations> list(ListOwn asked) {
        Place after = Place.orNull(asked.cursor());
        Filter filter = asked.filter();
        String status = Objects.requireNonNullElse(filter.status(), "present");
        List<String> words = filter.q() == null ? List.of() : NameWords.wanted(filter.q());
        Tuple parameters = Tuple.of(asked.tenant(), asked.user())
                .addLong(after == null ? null : after.pin())
                .addOffsetDateTime(after == null ? null : after.last().offsetTime())
                .addUUID(after == null ? null : after.last().id())
                .addInteger(asked.limit() + 1)
                .addBoolean(filter.archived())
                .addBoolean(filter.unread())
                .addBoolean(filter.pinnedFirst())
                .addString(filter.kind())
                .addInteger(restoreDays)
                .addArrayOfString(words.isEmpty() ? null : words.toArray(String[]::new));
        return database.query(Objects.requireNonNull((words.isEmpty() ? LISTS : NAMED_LISTS).get(status)), parameters)
                .map(rows -> page(rows, asked.limit()));
    }

    private static Conversations page(RowSet<Row> rows, int limit) {
        List<Row> found = rows.stream().limit(limit).toList();
        List<ConversationView> items =
                found.stream().map(ConversationStore::view).toList();
        if (rows.size() <= limit) {
            return new Conversations(items, null);
        }
        Row last = found.getLast();
        TimeCursor at = new TimeCursor(instant(last, "last_at"), last.getUUID("conversation"));
        return new Conversations(items, new Place(last.getLong("pin"), at).text());
    }

    private static ConversationView view(Row row) {
        UUID[] people = row.getArrayOfUUIDs("people");
        MessageView last = row.getLong("number") == null ? null : MessageRows.view(row);
        return new ConversationView(
                Json.decode(Buffer.buffer(row.getString("settings")), ConversationSettings.class),
                row.getLong("last_number"),
                row.getLong("last_version"),
                last,
                last == null ? null : last.preview(),
                row.getLong("unread"),
                row.getLong("mentions"),
                row.getString("role"),
                row.getUUID("role_id"),
                row.getOffsetDateTime("silenced_until") == null ? null : instant(row, "silenced_until"),
                row.getLong("read_number"),
                members(people),
                people == null ? null : people[people.length - 1],
                Json.decode(Buffer.buffer(row.getString("own_settings")), ObjectNode.class),
                row.getBoolean("archived"));
    }

    /** @param people of a direct conversation, in which nobody has a role above the other's; the one who asks first */
    private static @Nullable List<MemberName> members(UUID @Nullable [] people) {
        return people == null
                ? null
                : Arrays.stream(people)
                        .map(user -> new MemberName(user, "member"))
                        .toList();
    }

    private static Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time.toInstant();
    }
}

package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.Conversations;
import io.parley.features.conversations.ConversationActions.Get;
import io.parley.features.conversations.ConversationActions.ListOwn;
import io.parley.features.messages.MessageRows;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.TimeCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads conversations as one of their members sees them. Which ones are found by {@code user_conversations} and
 * {@code conversation_counters} alone; the rest is read only for those that are answered, so that a page costs much the
 * same for a person with ten conversations and one with thousands. The last message may always be read: whoever is
 * in was in when it was written, because his coming is announced by a message itself.
 */
final class ConversationStore {
    private static final String VIEWS = """
            SELECT c.id AS conversation, c.type AS conversation_type, c.name, c.visibility, c.history, c.created_by,
                   c.created_at AS made_at, c.member_count, c.root_id AS parent_id, c.parent_number, p.last_number, p.last_version, p.last_at, m.role,
                   coalesce(r.read_number, 0) AS read_number, n.unread, t.mentions, pair.people,
                   %s
              FROM page p
              JOIN conversations c ON c.root_id = p.root_id AND c.id = p.conversation_id AND c.status = 'active'
              JOIN members m ON m.root_id = p.root_id AND m.conversation_id = p.conversation_id AND m.user_id = $2
                            AND m.active
              LEFT JOIN marks r ON r.root_id = p.root_id AND r.conversation_id = p.conversation_id AND r.user_id = $2
              LEFT JOIN messages s ON s.root_id = p.root_id AND s.conversation_id = p.conversation_id
                                  AND s.number = p.last_number
             CROSS JOIN LATERAL unread(p.root_id, p.conversation_id, $2) n
             CROSS JOIN LATERAL unread_mentions(p.conversation_id, $2) t
              LEFT JOIN LATERAL (
                   SELECT array_agg(o.user_id ORDER BY o.user_id = $2 DESC) AS people FROM members o
                    WHERE c.type = 'direct' AND o.root_id = p.root_id AND o.conversation_id = p.conversation_id
                      AND o.active) pair ON true
             ORDER BY p.last_at DESC, p.conversation_id DESC""".formatted(MessageRows.COLUMNS);

    private static final String PAGE = """
            WITH page AS MATERIALIZED (
                SELECT u.root_id, u.conversation_id, k.last_number, k.last_version, k.last_at
                  FROM user_conversations u
                  JOIN conversation_counters k ON k.root_id = u.root_id AND k.id = u.conversation_id
                 WHERE u.tenant_id = $1 AND u.user_id = $2 AND u.state = 'member' AND %s)
            """;

    private static final String GET = PAGE.formatted("u.conversation_id = $3") + VIEWS;

    private static final String LIST = PAGE.formatted("""
            u.type <> 'thread' AND ($3::timestamptz IS NULL OR (k.last_at, k.id) < ($3, $4))
                 ORDER BY k.last_at DESC, k.id DESC LIMIT $5""") + VIEWS;

    private final Database database;

    ConversationStore(Database database) {
        this.database = database;
    }

    Future<ConversationView> get(Get asked) {
        return database.query(GET, Tuple.of(asked.tenant(), asked.user(), asked.conversation()))
                .map(rows ->
                        rows.stream().findFirst().map(ConversationStore::view).orElseThrow(AppError::notFound));
    }

    Future<Conversations> list(ListOwn asked) {
        TimeCursor after = TimeCursor.orNull(asked.cursor());
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                after == null ? null : after.offsetTime(),
                after == null ? null : after.id(),
                asked.limit() + 1);
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Conversations page(RowSet<Row> rows, int limit) {
        List<Row> found = rows.stream().limit(limit).toList();
        List<ConversationView> items =
                found.stream().map(ConversationStore::view).toList();
        if (rows.size() <= limit) {
            return new Conversations(items, null);
        }
        Row last = found.getLast();
        return new Conversations(items, new TimeCursor(instant(last, "last_at"), last.getUUID("conversation")).text());
    }

    private static ConversationView view(Row row) {
        UUID[] people = row.getArrayOfUUIDs("people");
        return new ConversationView(
                row.getUUID("conversation"),
                row.getString("conversation_type"),
                row.getString("name"),
                row.getString("visibility"),
                row.getString("history"),
                row.getUUID("created_by"),
                instant(row, "made_at"),
                row.getInteger("member_count"),
                row.getLong("last_number"),
                row.getLong("last_version"),
                row.getLong("number") == null ? null : MessageRows.view(row),
                row.getLong("unread"),
                row.getLong("mentions"),
                row.getString("role"),
                row.getLong("read_number"),
                members(people),
                people == null ? null : people[people.length - 1],
                parent(row));
    }

    private static ConversationSettings.@Nullable Parent parent(Row row) {
        Long number = row.getLong("parent_number");
        return number == null ? null : new ConversationSettings.Parent(row.getUUID("parent_id"), number);
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

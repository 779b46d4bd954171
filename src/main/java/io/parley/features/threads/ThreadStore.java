package io.parley.features.threads;

import io.parley.features.messages.MessageRows;
import io.parley.features.messages.MessageView;
import io.parley.features.threads.ThreadActions.Get;
import io.parley.features.threads.ThreadActions.ListOwn;
import io.parley.features.threads.ThreadActions.ThreadView;
import io.parley.features.threads.ThreadActions.Threads;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.TimeCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * Reads threads as one person sees them, from {@code conversations}, {@code messages}, {@code user_conversations} and
 * {@code marks}: only those whose message he may read now.
 */
final class ThreadStore {
    private static final String VIEWS = """
            SELECT p.thread, k.last_number AS thread_number, k.last_version AS thread_version, k.last_at,
                   coalesce(u.state = 'member' AND NOT u.watching, false) AS following,
                   coalesce(u.state = 'member' AND u.watching, false) AS watching,
                   coalesce(r.read_number, 0) AS read_number, coalesce(n.unread, 0) AS unread,
                   coalesce(t.mentions, 0) AS mentions, hidden_for($2, c.root_id, c.parent_number) AS hidden, %s, %s
              FROM page p
              JOIN conversation_counters k ON k.id = p.thread
              JOIN conversations c ON c.id = k.id AND c.root_id = k.root_id
              JOIN messages s ON s.conversation_id = c.root_id AND s.number = c.parent_number
              LEFT JOIN LATERAL (
                   SELECT l.* FROM shown_spans($1, k.id, $2) v CROSS JOIN LATERAL (
                          SELECT * FROM messages m
                           WHERE m.conversation_id = k.id AND m.number >= v.first AND m.number < v.past
                             AND m.created_at >= v.since AND m.created_at < v.until
                             AND NOT (v.singles AND hidden_for($2, m.conversation_id, m.number))
                           ORDER BY m.number DESC LIMIT 1) l
                    ORDER BY l.number DESC LIMIT 1) l ON true
              LEFT JOIN user_conversations u ON u.tenant_id = $1 AND u.user_id = $2 AND u.conversation_id = k.id
              LEFT JOIN marks r ON r.conversation_id = k.id AND r.user_id = $2
              LEFT JOIN LATERAL unread(k.root_id, k.id, $2) n ON NOT u.watching
              LEFT JOIN LATERAL unread_mentions(k.id, $2) t ON true
             ORDER BY k.last_at DESC, k.id DESC""".formatted(MessageRows.COLUMNS, MessageRows.columns("l", "last_"));

    private static final String GET = """
            WITH page AS MATERIALIZED (
                SELECT (s.state -> 'thread' ->> 'id')::uuid AS thread
                  FROM messages s
                 WHERE s.id = $4 AND s.conversation_id = $3 AND s.state ? 'thread' AND %s
                   AND EXISTS (SELECT FROM readable_spans($1, (s.state -> 'thread' ->> 'id')::uuid, $2)))
            """.formatted(MessageRows.THERE) + VIEWS;

    /** Sorted first, and judged in that order until the page is full: judging costs much more than a look at the counters. */
    static final String LIST = """
            WITH page AS MATERIALIZED (
                SELECT f.id AS thread
                  FROM (SELECT k.id, k.root_id, k.last_at
                          FROM user_conversations u
                          JOIN conversation_counters k ON k.root_id = u.root_id AND k.id = u.conversation_id
                         WHERE u.tenant_id = $1 AND u.user_id = $2 AND u.state = 'member' AND u.type = 'thread'
                           AND NOT u.watching AND ($3::timestamptz IS NULL OR (k.last_at, k.id) < ($3, $4))
                         ORDER BY k.last_at DESC, k.id DESC OFFSET 0) f
                 WHERE (NOT $6 OR (SELECT n.unread > 0 FROM unread(f.root_id, f.id, $2) n))
                   AND (SELECT true FROM readable_spans($1, f.id, $2) LIMIT 1)
                 ORDER BY f.last_at DESC, f.id DESC LIMIT $5)
            """ + VIEWS;

    private final Database database;

    ThreadStore(Database database) {
        this.database = database;
    }

    Future<ThreadView> get(Get asked) {
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), asked.conversation(), asked.message());
        return database.query(GET, parameters)
                .map(rows -> rows.stream().findFirst().map(ThreadStore::view).orElseThrow(AppError::notFound));
    }

    Future<Threads> list(ListOwn asked) {
        TimeCursor after = TimeCursor.orNull(asked.cursor());
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                after == null ? null : after.offsetTime(),
                after == null ? null : after.id(),
                asked.limit() + 1,
                asked.unread());
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Threads page(RowSet<Row> rows, int limit) {
        List<ThreadView> items =
                rows.stream().limit(limit).map(ThreadStore::view).toList();
        if (rows.size() <= limit) {
            return new Threads(items, null);
        }
        ThreadView last = items.getLast();
        return new Threads(items, new TimeCursor(last.lastAt(), last.conversation()).text());
    }

    private static ThreadView view(Row row) {
        OffsetDateTime lastAt = row.getOffsetDateTime("last_at");
        UUID last = row.getUUID("last_id");
        MessageView message = MessageRows.view(row);
        return new ThreadView(
                row.getUUID("thread"),
                row.getBoolean("hidden") ? message.hidden() : message,
                row.getBoolean("following"),
                row.getBoolean("watching"),
                row.getLong("thread_number"),
                row.getLong("thread_version"),
                lastAt.toInstant(),
                last == null ? null : MessageRows.view(row, "last_"),
                row.getLong("unread"),
                row.getLong("mentions"),
                row.getLong("read_number"));
    }
}

package io.parley.features.messages;

import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Texts;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Reads the tables {@code messages}, and {@code members}, {@code member_intervals} and {@code conversations} for what
 * the person may see: an active member everything, or, where the history is {@code since_join}, what lies in his
 * intervals; everybody else nothing.
 */
final class MessageStore {
    /**
     * Most bytes of content in one answer, unless a single message has more: well below what may wait for a socket, so
     * that no page of long messages makes its reader too slow.
     */
    static final long MOST_BYTES = 256 * 1024;

    /**
     * One row at least for whoever may see the conversation, so that no row means: not found. Each span of numbers that
     * he may see is read by itself: whoever sees little of a long history must not walk through the rest.
     */
    private static final String VISIBLE = """
            WITH spans AS MATERIALIZED (
                SELECT * FROM readable_spans($2, $1, $3))
            SELECT found.* FROM (SELECT FROM spans LIMIT 1) me LEFT JOIN LATERAL (
                SELECT visible.* FROM spans CROSS JOIN LATERAL (
                    SELECT %3$s
                      FROM messages s
                     WHERE s.conversation_id = $1 AND s.number >= spans.first AND s.number < spans.past
                       AND s.created_at >= spans.since AND s.created_at < spans.until AND %1$s
                     ORDER BY s.number %2$s LIMIT $5) visible
                 ORDER BY number %2$s LIMIT $5) found ON true""";

    /** For the author, and for whoever could have deleted the message. */
    private static final String EDITS = """
            SELECT e.content, e.written_at
              FROM messages s
              JOIN conversations c ON c.id = s.conversation_id AND c.tenant_id = $2
              JOIN conversations r ON r.id = c.root_id
              JOIN members m ON m.conversation_id = c.root_id AND m.user_id = $3 AND m.active
              LEFT JOIN message_edits e ON e.conversation_id = s.conversation_id AND e.number = s.number
             WHERE s.id = $4 AND s.conversation_id = $1 AND s.deleted_at IS NULL
               AND (s.sender_id = $3
                    OR r.type <> 'direct' AND permits(r.permissions, role_rank(m.role), 'delete_messages'))
               AND EXISTS (SELECT FROM readable_spans($2, $1, $3) v
                            WHERE s.number >= v.first AND s.number < v.past
                              AND s.created_at >= v.since AND s.created_at < v.until)
             ORDER BY e.written_at""";

    private static final String BEFORE = VISIBLE.formatted("s.number < $4", "DESC", MessageRows.COLUMNS);
    private static final String AFTER = VISIBLE.formatted("s.number > $4", "ASC", MessageRows.COLUMNS);
    private static final String BY_ID = VISIBLE.formatted("s.id = $4", "ASC", MessageRows.COLUMNS);

    private final Database database;

    MessageStore(Database database) {
        this.database = database;
    }

    Future<MessageActions.Page> history(MessageActions.History asked) {
        Long around = asked.around();
        if (around != null) {
            return around(asked, around);
        }
        Long after = asked.after();
        if (after != null) {
            return read(AFTER, asked, after, asked.limit() + 1).map(found -> page(found, asked.limit(), true));
        }
        long before = Objects.requireNonNullElse(asked.before(), Long.MAX_VALUE);
        return read(BEFORE, asked, before, asked.limit() + 1).map(found -> page(found, asked.limit(), false));
    }

    /** @param found one more than the page, if there is one, the nearest first */
    private static MessageActions.Page page(List<MessageView> found, int limit, boolean forward) {
        List<MessageView> items = fitting(found, limit, MOST_BYTES);
        boolean more = found.size() > items.size();
        String next = more ? String.valueOf(items.getLast().number()) : null;
        return new MessageActions.Page(forward ? items : ascending(items), next);
    }

    /** The first ones, at least one, until there are enough of them or of their bytes. */
    private static List<MessageView> fitting(List<MessageView> found, int limit, long mostBytes) {
        long bytes = 0;
        int size = 0;
        while (size < Math.min(found.size(), limit)) {
            String text = found.get(size).text();
            bytes += text == null ? 0 : Texts.utf8Length(text);
            if (size > 0 && bytes > mostBytes) {
                break;
            }
            size++;
        }
        return found.subList(0, size);
    }

    private Future<MessageActions.Page> around(MessageActions.History asked, long around) {
        int older = asked.limit() / 2;
        var before = read(BEFORE, asked, around, Math.max(1, older));
        var from = read(AFTER, asked, around - 1, asked.limit() - older);
        return Future.all(before, from).map(both -> {
            List<MessageView> items = new ArrayList<>(fitting(before.result(), older, MOST_BYTES / 2));
            items.addAll(fitting(from.result(), asked.limit() - older, MOST_BYTES / 2));
            return new MessageActions.Page(ascending(items), null);
        });
    }

    private Future<List<MessageView>> read(String sql, MessageActions.History asked, long position, int limit) {
        return database.query(sql, Tuple.of(asked.conversation(), asked.tenant(), asked.user(), position, limit))
                .map(MessageStore::views);
    }

    Future<MessageActions.Found> get(MessageActions.Get asked) {
        return database.query(BY_ID, Tuple.of(asked.conversation(), asked.tenant(), asked.user(), asked.id(), 1))
                .map(rows -> views(rows).stream()
                        .findFirst()
                        .map(MessageActions.Found::new)
                        .orElseThrow(AppError::notFound));
    }

    /** For all others there is nothing to be seen. */
    Future<MessageActions.Edits> edits(MessageActions.Get asked) {
        Tuple parameters = Tuple.of(asked.conversation(), asked.tenant(), asked.user(), asked.id());
        return database.query(EDITS, parameters).map(rows -> {
            if (rows.size() == 0) {
                throw AppError.notFound();
            }
            return new MessageActions.Edits(rows.stream()
                    .filter(row -> row.getString("content") != null)
                    .map(row -> new MessageActions.Earlier(
                            MessageRows.text(row.getString("content")),
                            row.getOffsetDateTime("written_at").toInstant()))
                    .toList());
        });
    }

    private static List<MessageView> views(RowSet<Row> rows) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        return rows.stream()
                .filter(row -> row.getValue("number") != null)
                .map(MessageRows::view)
                .toList();
    }

    private static List<MessageView> ascending(List<MessageView> items) {
        return items.stream()
                .sorted(Comparator.comparingLong(MessageView::number))
                .toList();
    }
}

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
            WITH me AS (
                SELECT c.history FROM conversations c
                  JOIN members m ON m.root_id = c.root_id AND m.conversation_id = c.id AND m.user_id = $3 AND m.active
                 WHERE c.root_id = $1 AND c.id = $1 AND c.tenant_id = $2 AND c.status = 'active'
            ), spans AS (
                SELECT 0::bigint AS first, NULL::bigint AS past FROM me WHERE me.history = 'all'
                 UNION ALL
                SELECT i.from_number, i.to_number FROM me, member_intervals i
                 WHERE me.history <> 'all' AND i.root_id = $1 AND i.conversation_id = $1 AND i.user_id = $3)
            SELECT found.* FROM me LEFT JOIN LATERAL (
                SELECT visible.* FROM spans CROSS JOIN LATERAL (
                    SELECT s.conversation_id, s.number, s.version, s.id, s.sender_id, s.type, s.content,
                           s.created_at, s.edited_at, s.deleted_at
                      FROM messages s
                     WHERE s.root_id = $1 AND s.conversation_id = $1 AND s.number >= spans.first
                       AND s.number < coalesce(spans.past, 9223372036854775807) AND %1$s
                     ORDER BY s.number %2$s LIMIT $5) visible
                 ORDER BY number %2$s LIMIT $5) found ON true""";

    private static final String BEFORE = VISIBLE.formatted("s.number < $4", "DESC");
    private static final String AFTER = VISIBLE.formatted("s.number > $4", "ASC");
    private static final String BY_ID = VISIBLE.formatted("s.id = $4", "ASC");

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

package io.parley.features.messages;

import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Fitting;
import io.parley.support.Texts;
import io.parley.support.TimeCursor;
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
 * intervals, and always without what he has hidden from himself; everybody else nothing.
 */
final class MessageStore {
    /**
     * One row at least for whoever may see the conversation, so that no row means: not found. Each span of numbers that
     * he may see is read by itself: whoever sees little of a long history must not walk through the rest. Of times is
     * asked what is not so, for that seems likely to the planner: if it expected no more rows than the page has, it would
     * read and sort the whole conversation.
     */
    private static final String VISIBLE = """
            WITH spans AS MATERIALIZED (
                SELECT * FROM shown_spans($2, $1, $3))
            SELECT found.* FROM (SELECT FROM spans LIMIT 1) me LEFT JOIN LATERAL (
                SELECT visible.* FROM spans CROSS JOIN LATERAL (
                    SELECT %3$s
                      FROM messages s
                     WHERE s.conversation_id = $1 AND s.number >= spans.first AND s.number < spans.past
                       AND (s.created_at < spans.since) IS NOT TRUE AND (s.created_at >= spans.until) IS NOT TRUE AND %1$s
                       AND NOT (spans.singles AND hidden_for($3, s.conversation_id, s.number))
                     ORDER BY s.number %2$s LIMIT $5) visible
                 ORDER BY number %2$s LIMIT $5) found ON true""";

    /** For the author, and for whoever could have deleted the message: one row at least. */
    private static final String EDITS = """
            SELECT e.content, e.written_at
              FROM messages s
              JOIN conversations c ON c.id = s.conversation_id AND c.tenant_id = $2
              JOIN conversations r ON r.id = c.root_id
              JOIN members m ON m.conversation_id = c.root_id AND m.user_id = $3 AND m.active
              LEFT JOIN LATERAL (
                   SELECT * FROM message_edits e
                    WHERE e.conversation_id = s.conversation_id AND e.number = s.number
                      AND ($5::timestamptz IS NULL OR e.written_at > $5)
                    ORDER BY e.written_at LIMIT $6) e ON true
             WHERE s.id = $4 AND s.conversation_id = $1 AND %s
               AND (s.sender_id = $3
                    OR r.type <> 'direct'
                       AND permits(permissions_of(r.permissions, false, m.role_id), role_rank(m.role), 'delete_messages'))
               AND NOT hidden_for($3, s.conversation_id, s.number)
               AND EXISTS (SELECT FROM readable_spans($2, $1, $3) v
                            WHERE s.number >= v.first AND s.number < v.past
                              AND s.created_at >= v.since AND s.created_at < v.until)
             ORDER BY e.written_at""".formatted(MessageRows.THERE);

    private static final String COLUMNS = MessageRows.columnsFor("$3");
    static final String BEFORE = VISIBLE.formatted("s.number < $4", "DESC", COLUMNS);
    private static final String AFTER = VISIBLE.formatted("s.number > $4", "ASC", COLUMNS);
    private static final String BY_ID = VISIBLE.formatted("s.id = $4", "ASC", COLUMNS);

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
        List<MessageView> items = Fitting.first(found, limit, Fitting.MOST_BYTES, MessageView::bytes);
        boolean more = found.size() > items.size();
        String next = more ? String.valueOf(items.getLast().number()) : null;
        return new MessageActions.Page(forward ? items : ascending(items), next);
    }

    private static List<MessageView> half(List<MessageView> found, int limit) {
        return Fitting.first(found, limit, Fitting.MOST_BYTES / 2, MessageView::bytes);
    }

    private Future<MessageActions.Page> around(MessageActions.History asked, long around) {
        int older = asked.limit() / 2;
        var before = read(BEFORE, asked, around, Math.max(1, older));
        var from = read(AFTER, asked, around - 1, asked.limit() - older);
        return Future.all(before, from).map(both -> {
            List<MessageView> items = new ArrayList<>(half(before.result(), older));
            items.addAll(half(from.result(), asked.limit() - older));
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
    Future<MessageActions.Edits> edits(MessageActions.ListEdits asked) {
        MessageActions.Get of = asked.message();
        TimeCursor after = TimeCursor.orNull(asked.cursor());
        Tuple parameters = Tuple.of(
                of.conversation(),
                of.tenant(),
                of.user(),
                of.id(),
                after == null ? null : after.offsetTime(),
                asked.limit() + 1);
        return database.query(EDITS, parameters).map(rows -> {
            if (rows.size() == 0) {
                throw AppError.notFound();
            }
            List<Row> found = rows.stream()
                    .filter(row -> row.getString("content") != null)
                    .toList();
            return edits(found, asked);
        });
    }

    private static MessageActions.Edits edits(List<Row> found, MessageActions.ListEdits asked) {
        List<MessageActions.Earlier> items = Fitting.first(
                        found, asked.limit(), Fitting.MOST_BYTES, row -> Texts.utf8Length(row.getString("content")))
                .stream()
                .map(row -> new MessageActions.Earlier(
                        MessageRows.text(row.getString("content")),
                        row.getOffsetDateTime("written_at").toInstant()))
                .toList();
        boolean more = found.size() > items.size();
        String next = more
                ? new TimeCursor(items.getLast().writtenAt(), asked.message().id()).text()
                : null;
        return new MessageActions.Edits(items, next);
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

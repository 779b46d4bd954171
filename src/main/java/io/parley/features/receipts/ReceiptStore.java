package io.parley.features.receipts;

import io.parley.features.receipts.ReceiptActions.ListReceipts;
import io.parley.features.receipts.ReceiptActions.Mark;
import io.parley.features.receipts.ReceiptActions.Receipt;
import io.parley.features.receipts.ReceiptActions.Receipts;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the marks of active members, for those who are in the conversation and may read the message asked for. A mark that
 * an own message has moved has no time of its own, or an older one: it is not older than the message it stands at. Whoever
 * reads silently shows others no read marks, and is shown none.
 */
final class ReceiptStore {
    /** One row at least for whoever may know, so that no row means: not found. */
    private static final String PAGE = """
            WITH room AS (
                SELECT reads_silently($2, $3) AS silent FROM (SELECT FROM readable_spans($2, $1, $3) LIMIT 1) v
                 WHERE $6::bigint IS NULL OR NOT EXISTS (
                       SELECT FROM messages s
                        WHERE s.conversation_id = $1 AND s.number = $6 AND NOT EXISTS (
                              SELECT FROM readable_spans($2, $1, $3) v
                               WHERE s.number >= v.first AND s.number < v.past
                                 AND s.created_at >= v.since AND s.created_at < v.until))
            ), page AS (
                SELECT m.user_id, shown.read_number, greatest(k.read_at, rs.created_at) AS read_at,
                       k.delivered_number, greatest(k.delivered_at, ds.created_at) AS delivered_at
                  FROM room
                 CROSS JOIN LATERAL (
                       SELECT m.user_id FROM members m
                        WHERE m.conversation_id = $1 AND m.active AND m.user_id > $4
                          AND ($6 IS NULL OR EXISTS (
                               SELECT FROM marks k
                                WHERE k.conversation_id = $1 AND k.user_id = m.user_id
                                  AND k.delivered_number >= $6))
                        ORDER BY m.user_id LIMIT $5) m
                  LEFT JOIN marks k ON k.conversation_id = $1 AND k.user_id = m.user_id
                 CROSS JOIN LATERAL (
                       SELECT CASE WHEN m.user_id = $3 THEN k.read_number
                                   WHEN NOT room.silent AND NOT reads_silently($2, m.user_id)
                                   THEN coalesce(k.shown_number, k.read_number) END AS read_number) shown
                  LEFT JOIN messages rs ON rs.conversation_id = $1 AND rs.number = shown.read_number
                  LEFT JOIN messages ds ON ds.conversation_id = $1 AND ds.number = k.delivered_number)
            """;

    private static final String PRESENT = PAGE + """
            SELECT p.* FROM room LEFT JOIN page p ON true ORDER BY p.user_id""";

    /** With the mark by which each has first reached the message; as long as the history is kept, else the present one. */
    private static final String REACHED = PAGE + """
            SELECT p.user_id,
                   CASE WHEN p.read_number >= $6 THEN coalesce(r.number, p.read_number) END AS read_number,
                   CASE WHEN p.read_number >= $6 THEN coalesce(r.at, p.read_at) END AS read_at,
                   CASE WHEN d.at <= r.at OR r.at IS NULL THEN coalesce(d.number, p.delivered_number) ELSE r.number END
                       AS delivered_number,
                   CASE WHEN d.at <= r.at OR r.at IS NULL THEN coalesce(d.at, p.delivered_at) ELSE r.at END AS delivered_at
              FROM room
              LEFT JOIN page p ON true
              LEFT JOIN LATERAL (
                   SELECT number, at FROM mark_history
                    WHERE conversation_id = $1 AND user_id = p.user_id AND kind = 'read' AND number >= $6
                    ORDER BY number LIMIT 1) r ON true
              LEFT JOIN LATERAL (
                   SELECT number, at FROM mark_history
                    WHERE conversation_id = $1 AND user_id = p.user_id AND kind = 'delivered'
                      AND number >= $6
                    ORDER BY number LIMIT 1) d ON true
             ORDER BY p.user_id""";

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Database database;

    ReceiptStore(Database database) {
        this.database = database;
    }

    Future<Receipts> list(ListReceipts asked) {
        UUID after = asked.cursor() == null ? BEFORE_ALL : Ids.parse("cursor", asked.cursor());
        Tuple parameters =
                Tuple.of(asked.conversation(), asked.tenant(), asked.user(), after, asked.limit() + 1, asked.number());
        return database.query(asked.number() == null ? PRESENT : REACHED, parameters)
                .map(rows -> page(rows, asked.limit()));
    }

    private static Receipts page(RowSet<Row> rows, int limit) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        List<Receipt> items = rows.stream()
                .filter(row -> row.getUUID("user_id") != null)
                .limit(limit)
                .map(ReceiptStore::receipt)
                .toList();
        return new Receipts(items, rows.size() > limit ? items.getLast().user().toString() : null);
    }

    private static Receipt receipt(Row row) {
        return new Receipt(
                row.getUUID("user_id"),
                mark(row.getLong("delivered_number"), row.getOffsetDateTime("delivered_at")),
                mark(row.getLong("read_number"), row.getOffsetDateTime("read_at")));
    }

    private static @Nullable Mark mark(@Nullable Long number, @Nullable OffsetDateTime at) {
        return number == null || at == null || number == 0 ? null : new Mark(number, at.toInstant());
    }
}

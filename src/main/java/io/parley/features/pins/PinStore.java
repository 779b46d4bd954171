package io.parley.features.pins;

import io.parley.features.messages.MessageRows;
import io.parley.features.pins.PinActions.ListPins;
import io.parley.features.pins.PinActions.Pins;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the table {@code pins}, with the messages that the person may read and has not hidden from himself. */
final class PinStore {
    /** One row at least for whoever may see the conversation, so that no row means: not found. */
    private static final String LIST = """
            WITH spans AS MATERIALIZED (
                SELECT * FROM shown_spans($2, $1, $3))
            SELECT found.* FROM (SELECT FROM spans LIMIT 1) me LEFT JOIN (
                SELECT * FROM (
                    SELECT %s, p.version AS pinned_with, count(*) OVER () AS found, row_number() OVER down AS place,
                           sum(octet_length(s.content) + octet_length(s.state::text)) OVER down AS bytes
                      FROM pins p
                      JOIN messages s ON s.conversation_id = p.conversation_id AND s.number = p.number
                     WHERE p.conversation_id = $1 AND p.version < $4 AND %s AND EXISTS (
                           SELECT FROM spans v
                            WHERE s.number >= v.first AND s.number < v.past
                              AND s.created_at >= v.since AND s.created_at < v.until
                              AND NOT (v.singles AND hidden_for($3, s.conversation_id, s.number)))
                    WINDOW down AS (ORDER BY p.version DESC)) pinned
                 WHERE place = 1 OR place <= $5 AND bytes <= $6) found ON true
             ORDER BY found.place""".formatted(MessageRows.columnsFor("$3"), MessageRows.THERE);

    /** As of a page of the history. */
    private static final long MOST_BYTES = 256 * 1024;

    private final Database database;

    PinStore(Database database) {
        this.database = database;
    }

    Future<Pins> list(ListPins asked) {
        Tuple parameters = Tuple.of(
                asked.conversation(), asked.tenant(), asked.user(), before(asked.cursor()), asked.limit(), MOST_BYTES);
        return database.query(LIST, parameters).map(PinStore::page);
    }

    /** The version with which the last one of the page before was pinned. */
    private static long before(@Nullable String cursor) {
        try {
            return cursor == null ? Long.MAX_VALUE : Long.parseLong(cursor);
        } catch (NumberFormatException notOurs) {
            throw AppError.field("cursor", "format", "is not a cursor of this list");
        }
    }

    private static Pins page(RowSet<Row> rows) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        List<Row> found =
                rows.stream().filter(row -> row.getValue("number") != null).toList();
        boolean more = !found.isEmpty() && found.getLast().getLong("found") > found.size();
        return new Pins(
                found.stream().map(MessageRows::view).toList(),
                more ? found.getLast().getLong("pinned_with").toString() : null);
    }
}

package io.parley.features.stars;

import io.parley.features.messages.MessageRows;
import io.parley.features.stars.StarActions.Change;
import io.parley.features.stars.StarActions.ListOwn;
import io.parley.features.stars.StarActions.Star;
import io.parley.features.stars.StarActions.Stars;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Fitting;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads {@code stars}, with {@code messages} for what a person may read now. */
final class StarStore {
    private static final String CHANGE =
            "SELECT outcome, user_version, number, starred_at FROM change_star($1, $2, $3, $4, $5, $6)";

    private static final String LIST = """
            SELECT t.user_version, t.starred_at, %s
              FROM stars t
             CROSS JOIN LATERAL (
                   SELECT * FROM messages s
                    WHERE s.conversation_id = t.conversation_id AND s.number = t.number AND %s
                      AND NOT hidden_for($2, s.conversation_id, s.number)
                      AND EXISTS (SELECT FROM readable_spans($1, t.conversation_id, $2) v
                                   WHERE s.number >= v.first AND s.number < v.past
                                     AND s.created_at >= v.since AND s.created_at < v.until)) s
             WHERE t.tenant_id = $1 AND t.user_id = $2 AND t.user_version < $3
             ORDER BY t.user_version DESC LIMIT $4""".formatted(MessageRows.COLUMNS, MessageRows.THERE);

    private final Database database;
    private final int most;

    /** @param most stars of one person */
    StarStore(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    /** What became of a change; all but the outcome is given for {@code ok} only. */
    record Changed(
            String outcome,
            long userVersion,
            long number,
            @Nullable Instant starredAt) {}

    Future<Changed> change(Change asked) {
        Tuple parameters =
                Tuple.of(asked.tenant(), asked.user(), asked.conversation(), asked.message(), asked.given(), most);
        return database.query(CHANGE, parameters)
                .map(rows -> changed(rows.iterator().next()));
    }

    private static Changed changed(Row row) {
        String outcome = row.getString("outcome");
        if (!outcome.equals("ok")) {
            return new Changed(outcome, 0, 0, null);
        }
        OffsetDateTime starredAt = row.getOffsetDateTime("starred_at");
        return new Changed(
                outcome,
                row.getLong("user_version"),
                row.getLong("number"),
                starredAt == null ? null : starredAt.toInstant());
    }

    /** The cursor is the person's version of the last star. */
    Future<Stars> list(ListOwn asked) {
        long below = asked.cursor() == null ? Long.MAX_VALUE : position(asked.cursor());
        return database.query(LIST, Tuple.of(asked.tenant(), asked.user(), below, asked.limit() + 1))
                .map(rows -> page(rows, asked.limit()));
    }

    private static long position(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException notANumber) {
            throw AppError.field("cursor", "format", "is not a cursor of this list");
        }
    }

    private static Stars page(RowSet<Row> rows, int limit) {
        List<Found> found = rows.stream().map(StarStore::found).toList();
        List<Found> fitting = Fitting.first(
                found, limit, Fitting.MOST_BYTES, one -> one.star().message().bytes());
        List<Star> items = fitting.stream().map(Found::star).toList();
        boolean more = found.size() > items.size();
        return new Stars(items, more ? String.valueOf(fitting.getLast().userVersion()) : null);
    }

    private record Found(Star star, long userVersion) {}

    private static Found found(Row row) {
        OffsetDateTime starredAt = row.getOffsetDateTime("starred_at");
        return new Found(new Star(MessageRows.view(row), starredAt.toInstant()), row.getLong("user_version"));
    }
}

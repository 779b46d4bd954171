package io.parley.features.polls;

import io.parley.features.messages.MessageRows;
import io.parley.features.polls.PollActions.Close;
import io.parley.features.polls.PollActions.ListVoters;
import io.parley.features.polls.PollActions.Voter;
import io.parley.features.polls.PollActions.Voters;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the tables {@code poll_votes}, for those who may read the poll and never of an anonymous one, and {@code polls_to_close}. */
final class PollStore {
    /** One row at least for whoever may read the poll, so that no row means: not found. */
    private static final String VOTERS = """
            WITH poll AS (
                SELECT s.number, (s.content::jsonb -> 'poll' -> 'anonymous')::boolean AS anonymous FROM messages s
                 WHERE s.id = $4 AND s.conversation_id = $1 AND s.type = 'poll' AND %s AND EXISTS (
                       SELECT FROM readable_spans($2, $1, $3) v
                        WHERE s.number >= v.first AND s.number < v.past
                          AND s.created_at >= v.since AND s.created_at < v.until))
            SELECT poll.anonymous, v.* FROM poll LEFT JOIN LATERAL (
                SELECT v.option, v.version, v.user_id, v.voted_at FROM poll_votes v
                 WHERE NOT poll.anonymous AND v.conversation_id = $1 AND v.number = poll.number AND v.version > 0
                   AND (v.option, v.version, v.user_id) > ($5, $6, $7) AND v.option BETWEEN $8 AND $9
                 ORDER BY v.option, v.version, v.user_id LIMIT $10) v ON true
             ORDER BY v.option, v.version, v.user_id""".formatted(MessageRows.THERE);

    private static final String DUE = """
            SELECT tenant_id, conversation_id, message_id FROM polls_to_close
             WHERE closes_at <= clock_timestamp() ORDER BY closes_at LIMIT $1""";

    private final Database database;

    PollStore(Database database) {
        this.database = database;
    }

    /** Where a page ends. */
    private record Cursor(int option, long version, UUID user) {
        private static final Cursor BEFORE_ALL = new Cursor(-1, 0, new UUID(0, 0));

        static Cursor of(@Nullable String text) {
            if (text == null) {
                return BEFORE_ALL;
            }
            String[] parts = text.split("\\.", 3);
            try {
                if (parts.length == 3) {
                    return new Cursor(
                            Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Ids.parse("cursor", parts[2]));
                }
            } catch (NumberFormatException notOurs) {
                // falls through to the one error below
            }
            throw AppError.field("cursor", "format", "is not a cursor of this list");
        }

        static String text(Row row) {
            return row.getInteger("option") + "." + row.getLong("version") + "." + row.getUUID("user_id");
        }
    }

    Future<Voters> voters(ListVoters asked) {
        Cursor after = Cursor.of(asked.cursor());
        Integer option = asked.option();
        Tuple parameters = Tuple.of(asked.conversation(), asked.tenant(), asked.user(), asked.message())
                .addInteger(after.option())
                .addLong(after.version())
                .addUUID(after.user())
                .addInteger(option == null ? 0 : option)
                .addInteger(option == null ? Integer.MAX_VALUE : option)
                .addInteger(asked.limit() + 1);
        return database.query(VOTERS, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Voters page(RowSet<Row> rows, int limit) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        if (rows.iterator().next().getBoolean("anonymous")) {
            throw AppError.of(ErrorCode.FORBIDDEN, "The poll is anonymous");
        }
        List<Row> found = rows.stream()
                .filter(row -> row.getInteger("option") != null)
                .limit(limit)
                .toList();
        return new Voters(
                found.stream()
                        .map(row -> new Voter(
                                row.getInteger("option"),
                                row.getUUID("user_id"),
                                row.getOffsetDateTime("voted_at").toInstant()))
                        .toList(),
                rows.size() > limit ? Cursor.text(found.getLast()) : null);
    }

    /** Polls whose time has come, to be closed by nobody. */
    Future<List<Close>> due(int most) {
        return database.query(DUE, Tuple.of(most))
                .map(rows -> rows.stream()
                        .map(row -> new Close(
                                row.getUUID("tenant_id"),
                                null,
                                row.getUUID("conversation_id"),
                                row.getUUID("message_id")))
                        .toList());
    }
}

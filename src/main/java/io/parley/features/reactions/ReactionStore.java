package io.parley.features.reactions;

import io.parley.features.reactions.ReactionActions.Favourites;
import io.parley.features.reactions.ReactionActions.ListFavourites;
import io.parley.features.reactions.ReactionActions.ListReactors;
import io.parley.features.reactions.ReactionActions.Reactor;
import io.parley.features.reactions.ReactionActions.Reactors;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the table {@code reactions}: of a message for those who may read it and have not hidden it from themselves, and of oneself. */
final class ReactionStore {
    /** One row at least for whoever may read the message, so that no row means: not found. */
    private static final String LIST = """
            WITH message AS (
                SELECT s.number FROM messages s
                 WHERE s.id = $4 AND s.conversation_id = $1 AND s.deleted_at IS NULL
                   AND NOT hidden_for($3, s.conversation_id, s.number) AND EXISTS (
                       SELECT FROM readable_spans($2, $1, $3) v
                        WHERE s.number >= v.first AND s.number < v.past
                          AND s.created_at >= v.since AND s.created_at < v.until))
            SELECT r.* FROM message LEFT JOIN LATERAL (
                SELECT r.emoji, r.version, r.user_id, r.reacted_at FROM reactions r
                 WHERE r.conversation_id = $1 AND r.number = message.number AND r.version > 0 %s
                   AND (r.emoji, r.version, r.user_id) > ($5, $6, $7)
                 ORDER BY r.emoji, r.version, r.user_id LIMIT $8) r ON true
             ORDER BY r.emoji, r.version, r.user_id""";

    private static final String ALL = LIST.formatted("");
    private static final String OF_ONE = LIST.formatted("AND r.emoji = $9");

    private static final String FAVOURITES = """
            SELECT emoji FROM (
                SELECT emoji, reacted_at FROM reactions
                 WHERE tenant_id = $1 AND user_id = $2 ORDER BY reacted_at DESC LIMIT $3) latest
             GROUP BY emoji ORDER BY count(*) DESC, max(reacted_at) DESC, emoji LIMIT $4""";

    /** So many of his latest reactions say what a person likes now. */
    private static final int LATEST = 500;

    /** What is offered to those who have not used as many yet. */
    private static final List<String> LIKED_BY_MOST =
            List.of("👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "🔥", "👏", "✅");

    private final Database database;

    ReactionStore(Database database) {
        this.database = database;
    }

    /** Where a page ends. */
    private record Cursor(String emoji, long version, UUID user) {
        private static final Cursor BEFORE_ALL = new Cursor("", 0, new UUID(0, 0));

        static Cursor of(@Nullable String text) {
            if (text == null) {
                return BEFORE_ALL;
            }
            String[] parts = text.split("\\.", 3);
            try {
                if (parts.length == 3) {
                    return new Cursor(parts[2], Long.parseLong(parts[0]), Ids.parse("cursor", parts[1]));
                }
            } catch (NumberFormatException notOurs) {
                // falls through to the one error below
            }
            throw AppError.field("cursor", "format", "is not a cursor of this list");
        }

        static String text(Row row) {
            return row.getLong("version") + "." + row.getUUID("user_id") + "." + row.getString("emoji");
        }
    }

    Future<Reactors> list(ListReactors asked) {
        Cursor after = Cursor.of(asked.cursor());
        Tuple parameters = Tuple.of(asked.conversation(), asked.tenant(), asked.user(), asked.message())
                .addString(after.emoji())
                .addLong(after.version())
                .addUUID(after.user())
                .addInteger(asked.limit() + 1);
        Future<RowSet<Row>> read = asked.emoji() == null
                ? database.query(ALL, parameters)
                : database.query(OF_ONE, parameters.addString(asked.emoji()));
        return read.map(rows -> page(rows, asked.limit()));
    }

    private static Reactors page(RowSet<Row> rows, int limit) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        List<Row> found = rows.stream()
                .filter(row -> row.getString("emoji") != null)
                .limit(limit)
                .toList();
        return new Reactors(
                found.stream()
                        .map(row -> new Reactor(
                                row.getString("emoji"),
                                row.getUUID("user_id"),
                                row.getOffsetDateTime("reacted_at").toInstant()))
                        .toList(),
                rows.size() > limit ? Cursor.text(found.getLast()) : null);
    }

    /** Always as many, those of most people after one's own. */
    Future<Favourites> favourites(ListFavourites asked) {
        int many = LIKED_BY_MOST.size();
        return database.query(FAVOURITES, Tuple.of(asked.tenant(), asked.user(), LATEST, many))
                .map(rows -> new Favourites(
                        Stream.concat(rows.stream().map(row -> row.getString("emoji")), LIKED_BY_MOST.stream())
                                .distinct()
                                .limit(many)
                                .toList()));
    }
}

package io.parley.features.bans;

import io.parley.features.bans.BanActions.Ban;
import io.parley.features.bans.BanActions.Bans;
import io.parley.features.bans.BanActions.ListBans;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Reads the table {@code bans}, for those who may ban. */
final class BanStore {
    /** One row at least, which says whether he may: null, he is no member. */
    private static final String LIST = """
            SELECT a.allowed, b.*
              FROM (SELECT may_in_root($2, $1, $3, 'ban') AS allowed) a
              LEFT JOIN LATERAL (
                   SELECT user_id, reason, banned_by, banned_at, until FROM bans
                    WHERE conversation_id = $1 AND user_id > $4 AND (until IS NULL OR until > clock_timestamp()) AND a.allowed
                    ORDER BY user_id LIMIT $5) b ON true
             ORDER BY b.user_id""";

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Database database;

    BanStore(Database database) {
        this.database = database;
    }

    Future<Bans> list(ListBans asked) {
        UUID after = asked.cursor() == null ? BEFORE_ALL : Ids.parse("cursor", asked.cursor());
        Tuple parameters = Tuple.of(asked.conversation(), asked.tenant(), asked.user(), after, asked.limit() + 1);
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Bans page(RowSet<Row> rows, int limit) {
        Boolean allowed = rows.iterator().next().getBoolean("allowed");
        if (allowed == null) {
            throw AppError.notFound();
        }
        if (!allowed) {
            throw AppError.of(ErrorCode.FORBIDDEN);
        }
        List<Ban> items = rows.stream()
                .filter(row -> row.getUUID("user_id") != null)
                .limit(limit)
                .map(BanStore::ban)
                .toList();
        return new Bans(items, rows.size() > limit ? items.getLast().user().toString() : null);
    }

    private static Ban ban(Row row) {
        OffsetDateTime until = row.getOffsetDateTime("until");
        return new Ban(
                row.getUUID("user_id"),
                row.getString("reason"),
                row.getUUID("banned_by"),
                row.getOffsetDateTime("banned_at").toInstant(),
                until == null ? null : until.toInstant());
    }
}

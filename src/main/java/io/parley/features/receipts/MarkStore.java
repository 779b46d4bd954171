package io.parley.features.receipts;

import io.parley.features.receipts.ReceiptActions.MarkUpTo;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Moves marks, by functions of the database that lock the rows of {@code marks} and of the persons in one order. */
final class MarkStore {
    /** Large conversations keep no delivered marks: up to 0 moves nothing and still tells who is not a member. */
    private static final String ADVANCE = """
            SELECT outcome, number, user_version, at, member_count, told
              FROM advance_marks($1, roots_of($2), $2, $3, $4, (
                   SELECT array_agg(CASE WHEN a.kind = 'delivered' AND c.member_count > $6 THEN 0 ELSE a.number END
                                    ORDER BY a.ord)
                     FROM unnest($2::uuid[], $4::text[], $5::bigint[]) WITH ORDINALITY AS a (id, kind, number, ord)
                     LEFT JOIN conversations c ON c.id = a.id))
             ORDER BY ord""";

    private static final String ADVANCE_OWN = "SELECT advance_own_marks($1, $2, $3, $4, $5)";

    private final Database database;
    private final int liveMembers;

    /** @param liveMembers conversations with more members keep no delivered marks */
    MarkStore(Database database, int liveMembers) {
        this.database = database;
        this.liveMembers = liveMembers;
    }

    /**
     * What became of a mark; all but the outcome is given for {@code ok} only.
     *
     * @param outcome ok, unchanged or not_found
     * @param userVersion the person's version that the move took; null for delivered marks, which take none
     * @param told what the others may be told of it, read or delivered; null: nothing
     */
    record Moved(
            String outcome,
            long number,
            @Nullable Long userVersion,
            @Nullable Instant at,
            int memberCount,
            @Nullable String told) {
        boolean now() {
            return outcome.equals("ok");
        }
    }

    /** Moves marks in one transaction; no two may be of the same kind, person and conversation. */
    Future<List<Moved>> advance(List<MarkUpTo> marks) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(marks.stream().map(MarkUpTo::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(marks.stream().map(MarkUpTo::conversation).toArray(UUID[]::new))
                .addArrayOfUUID(marks.stream().map(MarkUpTo::user).toArray(UUID[]::new))
                .addArrayOfString(marks.stream().map(mark -> mark.kind().word()).toArray(String[]::new))
                .addArrayOfLong(marks.stream().map(MarkUpTo::number).toArray(Long[]::new))
                .addInteger(liveMembers);
        return database.query(ADVANCE, parameters).map(MarkStore::moved);
    }

    private static List<Moved> moved(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> row.getString("outcome").equals("ok")
                        ? new Moved(
                                "ok",
                                row.getLong("number"),
                                row.getLong("user_version"),
                                row.getOffsetDateTime("at").toInstant(),
                                row.getInteger("member_count"),
                                row.getString("told"))
                        : new Moved(row.getString("outcome"), 0, null, null, 0, null))
                .toList();
    }

    Future<Void> advanceOwn(List<OwnMarks.Run> runs) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(runs.stream().map(run -> run.conversation).toArray(UUID[]::new))
                .addArrayOfUUID(runs.stream().map(run -> run.user).toArray(UUID[]::new))
                .addArrayOfLong(runs.stream().map(run -> run.firstCounted).toArray(Long[]::new))
                .addArrayOfLong(runs.stream().map(run -> run.lastCounted).toArray(Long[]::new))
                .addArrayOfLong(runs.stream().map(run -> run.lastNumber).toArray(Long[]::new));
        return database.query(ADVANCE_OWN, parameters).mapEmpty();
    }
}

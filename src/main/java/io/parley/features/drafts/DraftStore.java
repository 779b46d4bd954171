package io.parley.features.drafts;

import io.parley.features.drafts.DraftActions.Begun;
import io.parley.features.drafts.DraftActions.Draft;
import io.parley.features.drafts.DraftActions.Drafts;
import io.parley.features.drafts.DraftActions.ListOwn;
import io.parley.features.drafts.DraftActions.Save;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Fitting;
import io.parley.support.Texts;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes and lists {@code drafts}. */
final class DraftStore {
    private static final String SAVE =
            "SELECT outcome, user_version, changed_at FROM store_drafts($1, $2, $3, $4, $5, $6) ORDER BY ord";

    private static final String LIST = """
            SELECT d.conversation_id, d.text, d.reply_to, d.changed_at, d.user_version
              FROM drafts d
             WHERE d.tenant_id = $1 AND d.user_id = $2 AND d.user_version < $3
               AND EXISTS (SELECT FROM readable_spans($1, d.conversation_id, $2))
             ORDER BY d.user_version DESC LIMIT $4""";

    private final Database database;
    private final int most;

    /** @param most drafts of one person */
    DraftStore(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    /** What became of a draft; all but the outcome is given for {@code ok} only. */
    record Saved(String outcome, long userVersion, @Nullable Instant changedAt) {}

    /** Stores drafts in one transaction; no two may be of the same person and conversation. */
    Future<List<Saved>> save(List<Save> asked) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(ids(asked, Save::tenant))
                .addArrayOfUUID(ids(asked, Save::user))
                .addArrayOfUUID(ids(asked, Save::conversation))
                .addArrayOfString(asked.stream().map(DraftStore::text).toArray(String[]::new))
                .addArrayOfUUID(ids(asked, DraftStore::replyTo))
                .addInteger(most);
        return database.query(SAVE, parameters)
                .map(rows -> rows.stream().map(DraftStore::saved).toList());
    }

    private static UUID[] ids(List<Save> asked, Function<Save, @Nullable UUID> id) {
        return asked.stream().map(id).toArray(UUID[]::new);
    }

    private static @Nullable String text(Save asked) {
        Begun draft = asked.draft();
        return draft == null ? null : draft.text();
    }

    private static @Nullable UUID replyTo(Save asked) {
        Begun draft = asked.draft();
        return draft == null ? null : draft.replyTo();
    }

    private static Saved saved(Row row) {
        String outcome = row.getString("outcome");
        return outcome.equals("ok")
                ? new Saved(
                        outcome,
                        row.getLong("user_version"),
                        row.getOffsetDateTime("changed_at").toInstant())
                : new Saved(outcome, 0, null);
    }

    /** The cursor is the person's version of the last draft. */
    Future<Drafts> list(ListOwn asked) {
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

    private static Drafts page(RowSet<Row> rows, int limit) {
        List<Row> found = Fitting.first(
                rows.stream().toList(), limit, Fitting.MOST_BYTES, row -> Texts.utf8Length(row.getString("text")));
        boolean more = rows.size() > found.size();
        return new Drafts(
                found.stream().map(DraftStore::draft).toList(),
                more ? String.valueOf(found.getLast().getLong("user_version")) : null);
    }

    private static Draft draft(Row row) {
        return new Draft(
                row.getUUID("conversation_id"),
                row.getString("text"),
                row.getUUID("reply_to"),
                row.getOffsetDateTime("changed_at").toInstant());
    }
}

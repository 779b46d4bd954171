package io.parley.features.invites;

import io.parley.features.invites.InviteActions.Invite;
import io.parley.features.invites.InviteActions.Invites;
import io.parley.features.invites.InviteActions.ListInvites;
import io.parley.features.invites.InviteActions.Look;
import io.parley.features.invites.InviteActions.Preview;
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

/** Reads the table {@code invite_links}, for those who may make links, and for those who have a token. */
final class InviteStore {
    private static final int LOOKS_PER_MINUTE = 30;

    /** One row at least, which says whether he may: null, he is no member. Cursors are ids: the time alone is not unique. */
    private static final String LIST = """
            SELECT a.allowed, l.*
              FROM (SELECT may_in_root($2, $1, $3, 'invite') AS allowed) a
              LEFT JOIN LATERAL (
                   SELECT i.id, i.role, i.created_by, i.created_at, i.expires_at, i.max_uses, i.uses FROM invite_links i
                    WHERE i.conversation_id = $1 AND i.revoked_at IS NULL AND a.allowed
                      AND ($4::uuid IS NULL OR (i.created_at, i.id) < (
                           SELECT p.created_at, p.id FROM invite_links p WHERE p.id = $4 AND p.conversation_id = $1))
                    ORDER BY i.created_at DESC, i.id DESC LIMIT $5) l ON true
             ORDER BY l.created_at DESC, l.id DESC""";

    private static final String ONE = """
            SELECT id, role, created_by, created_at, expires_at, max_uses, uses
              FROM invite_links WHERE id = $1 AND conversation_id = $2""";

    /** Links that have not worked for so long: nobody repeats a call about them any more. */
    private static final String FORGET = "SELECT forget_links(interval '30 days', 2000) AS more";

    private static final int STEPS_AT_ONCE = 200;

    private static final String COUNT = "SELECT take_look($1, $2, $3) AS wait_ms";
    private static final String LOOK = "SELECT * FROM look_at_invite($1, $2, $3)";

    private final Database database;

    InviteStore(Database database) {
        this.database = database;
    }

    Future<Invites> list(ListInvites asked) {
        UUID after = asked.cursor() == null ? null : Ids.parse("cursor", asked.cursor());
        Tuple parameters = Tuple.of(asked.conversation(), asked.tenant(), asked.user(), after, asked.limit() + 1);
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Invites page(RowSet<Row> rows, int limit) {
        Boolean allowed = rows.iterator().next().getBoolean("allowed");
        if (allowed == null) {
            throw AppError.notFound();
        }
        if (!allowed) {
            throw AppError.of(ErrorCode.FORBIDDEN);
        }
        List<Invite> items = rows.stream()
                .filter(row -> row.getUUID("id") != null)
                .limit(limit)
                .map(InviteStore::invite)
                .toList();
        return new Invites(items, rows.size() > limit ? items.getLast().id().toString() : null);
    }

    Future<Invite> get(UUID conversation, UUID id) {
        return database.query(ONE, Tuple.of(id, conversation))
                .map(rows -> rows.stream().findFirst().map(InviteStore::invite).orElseThrow(AppError::notFound));
    }

    private static Invite invite(Row row) {
        OffsetDateTime expires = row.getOffsetDateTime("expires_at");
        return new Invite(
                row.getUUID("id"),
                null,
                row.getString("role"),
                row.getUUID("created_by"),
                row.getOffsetDateTime("created_at").toInstant(),
                expires == null ? null : expires.toInstant(),
                row.getInteger("max_uses"),
                row.getInteger("uses"));
    }

    /** Counts the try first, so that nobody learns anything by trying often. */
    Future<Preview> look(Look asked) {
        return database.query(COUNT, Tuple.of(asked.tenant(), asked.user(), LOOKS_PER_MINUTE))
                .compose(rows -> {
                    long waitMs = rows.iterator().next().getLong("wait_ms");
                    return waitMs > 0
                            ? Future.failedFuture(AppError.rateLimited(waitMs))
                            : database.query(
                                    LOOK, Tuple.of(asked.tenant(), asked.user(), InviteTokens.hash(asked.token())));
                })
                .map(rows -> rows.stream().findFirst().map(InviteStore::preview).orElseThrow(AppError::notFound));
    }

    /** Removes what has not worked for long enough, some at a time. */
    Future<Void> forget() {
        return forget(STEPS_AT_ONCE);
    }

    private Future<Void> forget(int most) {
        return database.query(FORGET, Tuple.tuple())
                .compose(rows -> rows.iterator().next().getBoolean("more") && most > 1
                        ? forget(most - 1)
                        : Future.succeededFuture());
    }

    private static Preview preview(Row row) {
        return new Preview(
                row.getUUID("conversation"),
                row.getString("name"),
                row.getString("description"),
                row.getString("color"),
                row.getString("icon"),
                row.getInteger("member_count"),
                row.getBoolean("joined"));
    }
}

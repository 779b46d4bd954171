package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.ListMembers;
import io.parley.features.conversations.ConversationActions.Members;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** Reads the active members of a conversation, for those who are in it. */
final class MemberStore {
    /** One row at least for whoever may see the conversation, so that no row means: not found. */
    private static final String LIST = """
            WITH room AS (
                SELECT FROM conversations c
                  JOIN members me ON me.conversation_id = c.root_id AND me.user_id = $3 AND me.active
                 WHERE c.id = $1 AND c.tenant_id = $2 AND c.status = 'active')
            SELECT m.* FROM room LEFT JOIN LATERAL (
                SELECT user_id, role, active, version, joined_at, from_number FROM members
                 WHERE conversation_id = $1 AND active AND user_id > $4
                 ORDER BY user_id LIMIT $5) m ON true
             ORDER BY m.user_id""";

    private static final String ONE = """
            SELECT user_id, role, active, version, joined_at, from_number FROM members
             WHERE root_id = $1 AND conversation_id = $1 AND user_id = $2 AND active""";

    /** The version of a system message follows that of what it announces. */
    private static final String ADDED = """
            SELECT m.user_id, m.role, m.active, m.version, m.joined_at, m.from_number
              FROM messages s
              JOIN members m ON m.root_id = s.root_id AND m.conversation_id = s.conversation_id
                            AND m.version = s.version - 1 AND m.version > 0 AND m.active
             WHERE s.root_id = $1 AND s.conversation_id = $1 AND s.id = $2
             ORDER BY m.user_id""";

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Database database;

    MemberStore(Database database) {
        this.database = database;
    }

    Future<Members> list(ListMembers asked) {
        UUID after = asked.cursor() == null ? BEFORE_ALL : Ids.parse("cursor", asked.cursor());
        Tuple parameters = Tuple.of(asked.conversation(), asked.tenant(), asked.user(), after, asked.limit() + 1);
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Members page(RowSet<Row> rows, int limit) {
        if (rows.size() == 0) {
            throw AppError.notFound();
        }
        List<MemberView> items = rows.stream()
                .filter(row -> row.getUUID("user_id") != null)
                .limit(limit)
                .map(MemberStore::view)
                .toList();
        return new Members(items, rows.size() > limit ? items.getLast().user().toString() : null);
    }

    /** A membership that is there, unless it has just ended. */
    Future<MemberView> get(UUID conversation, UUID user) {
        return database.query(ONE, Tuple.of(conversation, user))
                .map(rows -> rows.stream().findFirst().map(MemberStore::view).orElseThrow(AppError::notFound));
    }

    /** Those whose coming a system message announces, as far as nothing has changed with them since. */
    Future<List<MemberView>> announcedBy(UUID conversation, UUID messageId) {
        return database.query(ADDED, Tuple.of(conversation, messageId))
                .map(rows -> rows.stream().map(MemberStore::view).toList());
    }

    private static MemberView view(Row row) {
        return new MemberView(
                row.getUUID("user_id"),
                row.getString("role"),
                row.getBoolean("active"),
                row.getLong("version"),
                row.getOffsetDateTime("joined_at").toInstant(),
                row.getLong("from_number"));
    }
}

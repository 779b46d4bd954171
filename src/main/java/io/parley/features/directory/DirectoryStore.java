package io.parley.features.directory;

import io.parley.features.directory.DirectoryActions.Entry;
import io.parley.features.directory.DirectoryActions.Page;
import io.parley.features.directory.DirectoryActions.Search;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.parley.support.NameWords;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds public groups, the largest first; for guests none. Without words along the index that has them in this order; with words by the
 * first of them in {@code directory_words}, of which so many at most are looked at and sorted.
 */
final class DirectoryStore {
    private static final int MOST_FOUND = 2_000;

    private static final String PAGE = """
            SELECT c.id, c.name, c.description, c.topic, c.color, c.icon, c.member_count, c.created_at,
                   (SELECT k.last_at FROM conversation_counters k WHERE k.id = c.id AND k.root_id = c.root_id) AS last_at,
                   EXISTS (SELECT FROM members m WHERE m.conversation_id = c.id AND m.user_id = $2 AND m.active) AS joined
              FROM conversations c
             WHERE c.tenant_id = $1 AND c.visibility = 'public' AND c.status = 'active' AND c.archived_at IS NULL
               AND NOT any_banned(c.id, ARRAY[$2]) AND NOT is_guest($1, $2)
               AND (c.member_count, c.id) < ($3, $4) %s
             ORDER BY c.member_count DESC, c.id DESC
             LIMIT $5""";

    static final String ALL = PAGE.formatted("");

    private static final String NAMED = PAGE.formatted("""

               AND c.id IN (SELECT d.conversation_id FROM directory_words d
                             WHERE d.tenant_id = $1 AND d.word >= $6 AND d.word < $6 || chr(1114111)
                             ORDER BY d.word LIMIT %d)
               AND NOT EXISTS (SELECT FROM unnest($7::text[]) t
                                WHERE NOT EXISTS (SELECT FROM unnest(c.words) w WHERE starts_with(w, t)))""".formatted(MOST_FOUND));

    private final Database database;

    DirectoryStore(Database database) {
        this.database = database;
    }

    /** Where a page ends. */
    private record Cursor(int members, UUID conversation) {
        static final Cursor START = new Cursor(Integer.MAX_VALUE, new UUID(-1, -1));

        static Cursor of(String text) {
            String[] parts = text.split("_", 2);
            try {
                if (parts.length == 2) {
                    return new Cursor(Integer.parseInt(parts[0]), Ids.parse("cursor", parts[1]));
                }
            } catch (NumberFormatException notANumber) {
                // the one error below
            }
            throw AppError.field("cursor", "format", "is not a cursor of this list");
        }

        static String text(Entry last) {
            return last.memberCount() + "_" + last.id();
        }
    }

    Future<Page> search(Search asked) {
        Cursor after = asked.cursor() == null ? Cursor.START : Cursor.of(asked.cursor());
        List<String> wanted = asked.q() == null ? List.of() : NameWords.wanted(asked.q());
        Tuple parameters =
                Tuple.of(asked.tenant(), asked.user(), after.members(), after.conversation(), asked.limit() + 1);
        if (wanted.isEmpty()) {
            return database.query(ALL, parameters).map(rows -> page(rows, asked.limit()));
        }
        parameters.addString(wanted.getFirst()).addArrayOfString(wanted.toArray(String[]::new));
        return database.query(NAMED, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static Page page(RowSet<Row> rows, int limit) {
        List<Entry> items =
                rows.stream().limit(limit).map(DirectoryStore::entry).toList();
        @Nullable String next = rows.size() > limit ? Cursor.text(items.getLast()) : null;
        return new Page(items, next);
    }

    private static Entry entry(Row row) {
        return new Entry(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("description"),
                row.getString("topic"),
                row.getString("color"),
                row.getString("icon"),
                row.getInteger("member_count"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("last_at").toInstant(),
                row.getBoolean("joined"));
    }
}

package io.parley.features.accounts;

import io.parley.features.accounts.AccountActions.SearchUsers;
import io.parley.features.accounts.AccountActions.Users;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds people by the beginnings of words of their names, accents and case folded. Comparison is by {@code
 * starts_with} and byte order, so that no character has a special meaning.
 */
final class AccountSearch {
    private static final int MAX_LIMIT = 100;
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    /**
     * Walks along the words that begin with the longest beginning wanted and takes each person at the first of his words
     * that does, so that he comes once.
     */
    private static final String BY_WORDS = """
            SELECT w.word AS place, u.id, u.username, u.display_name, u.email, u.kind, u.created_at
              FROM user_words w
              JOIN users u ON u.tenant_id = w.tenant_id AND u.id = w.user_id AND u.status = 'active'
             WHERE w.tenant_id = $1
               AND w.word >= $2 AND w.word < $2 || chr(1114111)
               AND (w.word, w.user_id) > ($3, $4)
               AND w.word = (SELECT min(x COLLATE "C") FROM unnest(u.words) x WHERE starts_with(x, $2))
               AND NOT EXISTS (SELECT FROM unnest($5::text[]) t
                                WHERE NOT EXISTS (SELECT FROM unnest(u.words) x WHERE starts_with(x, t)))
             ORDER BY w.word, w.user_id
             LIMIT $6
            """;

    private static final String ALL = """
            SELECT username_folded AS place, id, username, display_name, email, kind, created_at
              FROM users
             WHERE tenant_id = $1 AND username_folded > $2 AND status = 'active'
             ORDER BY username_folded
             LIMIT $3
            """;

    private final Database database;

    AccountSearch(Database database) {
        this.database = database;
    }

    /** The last of a page. */
    private record Cursor(String place, UUID id) {}

    Future<Users> search(SearchUsers asked) {
        int limit = Math.clamp(asked.limit(), 1, MAX_LIMIT);
        List<String> wanted = asked.q() == null ? List.of() : AccountRules.wanted(asked.q());
        Cursor after = cursor(asked.cursor());
        return wanted.isEmpty() ? all(asked.tenant(), after, limit) : byWords(asked.tenant(), wanted, after, limit);
    }

    private Future<Users> all(UUID tenant, Cursor after, int limit) {
        return database.query(ALL, Tuple.of(tenant, after.place(), limit + 1)).map(rows -> page(rows, limit));
    }

    private Future<Users> byWords(UUID tenant, List<String> wanted, Cursor after, int limit) {
        Tuple search = Tuple.of(tenant, wanted.getFirst(), after.place(), after.id())
                .addArrayOfString(wanted.subList(1, wanted.size()).toArray(String[]::new))
                .addInteger(limit + 1);
        return database.query(BY_WORDS, search).map(rows -> page(rows, limit));
    }

    private static Users page(Iterable<Row> rows, int limit) {
        List<AccountActions.User> items = new ArrayList<>();
        Cursor last = cursor(null);
        for (Row row : rows) {
            if (items.size() == limit) {
                return new Users(items, text(last));
            }
            items.add(AccountStore.user(row, false));
            last = new Cursor(row.getString("place"), row.getUUID("id"));
        }
        return new Users(items, null);
    }

    private static String text(Cursor cursor) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Json.encode(cursor).getBytes());
    }

    private static Cursor cursor(@Nullable String text) {
        if (text == null) {
            return new Cursor("", BEFORE_ALL);
        }
        try {
            Cursor cursor = Json.decode(Buffer.buffer(Base64.getUrlDecoder().decode(text)), Cursor.class);
            if (cursor.place() != null && cursor.id() != null && cursor.place().indexOf(0) < 0) {
                return cursor;
            }
        } catch (IllegalArgumentException notOurs) {
            // falls through to the one error below
        }
        throw AppError.field("cursor", "format", "is not a cursor of this list");
    }
}

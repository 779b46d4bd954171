package io.parley.features.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.accounts.AccountActions.SearchUsers;
import io.parley.features.accounts.AccountActions.Users;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.parley.support.NameWords;
import io.parley.support.Texts;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds people by the beginnings of words of their names, accents and case folded. Comparison is by {@code
 * starts_with} and byte order, so that no character has a special meaning. A guest finds those whom he knows, as far as
 * they go into one list.
 */
final class AccountSearch {
    private static final int MAX_LIMIT = 100;
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    /**
     * Walks along the words that begin with one of the beginnings wanted, from where the page before has ended, and
     * takes each person at the first of his words that does, so that he comes once. The second bound from below says
     * nothing new, but tells the planner that the range is small.
     */
    private static final String BY_WORDS = """
            SELECT w.word AS place, u.id, u.username, u.display_name, u.email, u.kind, u.created_at
              FROM user_words w
              JOIN users u ON u.tenant_id = w.tenant_id AND u.id = w.user_id AND u.status = 'active'
             WHERE w.tenant_id = $1
               AND (w.word, w.user_id) > ($3, $4) AND w.word >= $3 AND w.word < $2 || chr(1114111)
               AND w.word = (SELECT min(x COLLATE "C") FROM unnest(u.words) x WHERE starts_with(x, $2))
               AND NOT EXISTS (SELECT FROM unnest($5::text[]) t
                                WHERE NOT EXISTS (SELECT FROM unnest(u.words) x WHERE starts_with(x, t)))
             ORDER BY w.word, w.user_id
             LIMIT $6
            """;

    /** Of several beginnings the one to walk along: where every third person has one family name, the other one. */
    private static final String RAREST = """
            SELECT t
              FROM unnest($2::text[]) t
             ORDER BY (SELECT count(*)
                         FROM (SELECT FROM user_words w
                                WHERE w.tenant_id = $1 AND w.word >= t AND w.word < t || chr(1114111)
                                LIMIT 2000) few)
             LIMIT 1
            """;

    private static final String ALL = """
            SELECT username_folded AS place, id, username, display_name, email, kind, created_at
              FROM users
             WHERE tenant_id = $1 AND username_folded > $2 AND status = 'active'
             ORDER BY username_folded
             LIMIT $3
            """;

    private static final String ACQUAINTANCES = "SELECT acquaintances($1, $2) AS people";

    /** As the others do, of people who are given. */
    private static final String AMONG = """
            SELECT p.place, u.id, u.username, u.display_name, u.email, u.kind, u.created_at
              FROM users u
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN $3::text IS NULL THEN u.username_folded COLLATE "C"
                               ELSE (SELECT min(x COLLATE "C") FROM unnest(u.words) x WHERE starts_with(x, $3)) END
                          AS place) p
             WHERE u.id = ANY ($2) AND (u.tenant_id = $1) IS TRUE AND u.status = 'active'
               AND (p.place COLLATE "C", u.id) > ($4, $5)
               AND NOT EXISTS (SELECT FROM unnest($6::text[]) t
                                WHERE NOT EXISTS (SELECT FROM unnest(u.words) x WHERE starts_with(x, t)))
             ORDER BY p.place COLLATE "C", u.id
             LIMIT $7
            """;

    private final Database database;

    AccountSearch(Database database) {
        this.database = database;
    }

    /** The last of a page. */
    private record Cursor(String place, UUID id) {
        Cursor storable() {
            Texts.requireStorable("cursor", place);
            return this;
        }
    }

    Future<Users> search(SearchUsers asked) {
        int limit = Math.clamp(asked.limit(), 1, MAX_LIMIT);
        List<String> wanted = asked.q() == null ? List.of() : NameWords.wanted(asked.q());
        Cursor after = cursor(asked.cursor());
        return database.query(ACQUAINTANCES, Tuple.of(asked.tenant(), asked.viewer()))
                .compose(rows -> {
                    UUID[] people = rows.iterator().next().getArrayOfUUIDs("people");
                    return people == null
                            ? everywhere(asked.tenant(), wanted, after, limit)
                            : among(people, asked.tenant(), wanted, after, limit);
                });
    }

    private Future<Users> everywhere(UUID tenant, List<String> wanted, Cursor after, int limit) {
        return wanted.isEmpty()
                ? all(tenant, after, limit)
                : along(tenant, wanted, after).compose(beginning -> byWords(tenant, beginning, wanted, after, limit));
    }

    private Future<Users> among(UUID[] people, UUID tenant, List<String> wanted, Cursor after, int limit) {
        Tuple search = Tuple.of(tenant)
                .addArrayOfUUID(people)
                .addString(wanted.isEmpty() ? null : wanted.getFirst())
                .addString(after.place())
                .addUUID(after.id())
                .addArrayOfString(array(wanted))
                .addInteger(limit + 1);
        return database.query(AMONG, search).map(rows -> page(rows, limit));
    }

    private Future<Users> all(UUID tenant, Cursor after, int limit) {
        return database.query(ALL, Tuple.of(tenant, after.place(), limit + 1)).map(rows -> page(rows, limit));
    }

    /** The beginning to walk along: on later pages the same as before, which the cursor's word begins with. */
    private Future<String> along(UUID tenant, List<String> wanted, Cursor after) {
        if (wanted.size() == 1) {
            return Future.succeededFuture(wanted.getFirst());
        }
        return wanted.stream()
                .filter(after.place()::startsWith)
                .findFirst()
                .map(Future::succeededFuture)
                .orElseGet(() -> database.query(RAREST, Tuple.of(tenant).addArrayOfString(array(wanted)))
                        .map(rows -> rows.iterator().next().getString("t")));
    }

    private Future<Users> byWords(UUID tenant, String beginning, List<String> wanted, Cursor after, int limit) {
        Cursor from = after.place().startsWith(beginning) ? after : new Cursor(beginning, BEFORE_ALL);
        Tuple search = Tuple.of(tenant, beginning, from.place(), from.id())
                .addArrayOfString(array(wanted))
                .addInteger(limit + 1);
        return database.query(BY_WORDS, search).map(rows -> page(rows, limit));
    }

    private static String[] array(List<String> texts) {
        return texts.toArray(String[]::new);
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
            JsonNode tree = Json.parse(Base64.getUrlDecoder().decode(text));
            if (tree.isObject()) {
                return Json.read(tree, Cursor.class).storable();
            }
        } catch (IllegalArgumentException | AppError notOurs) {
            // falls through to the one error below
        }
        throw AppError.field("cursor", "format", "is not a cursor of this list");
    }
}

package io.parley.features.search;

import io.parley.features.search.SearchActions.FindConversations;
import io.parley.features.search.SearchActions.FoundConversation;
import io.parley.features.search.SearchActions.FoundConversations;
import io.parley.features.search.text.Highlights;
import io.parley.features.search.text.SearchText;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * Finds groups by the words of their names, each of which may be the beginning only: one's own and, after them, the public
 * ones of the tenant. Names are those of the index, rights those of the moment.
 */
final class ConversationSearch {
    /** Of the public ones that have the words; whoever types more of the name finds the others. */
    private static final int MOST_PUBLIC = 2_000;

    private static final String FIND = """
            SELECT id, type, name, visibility, member_count, member FROM search_groups($1, $2, $3, $4, $5, $6, $7, $8)""";

    private final Database database;

    ConversationSearch(Database database) {
        this.database = database;
    }

    /** The last of a page. */
    private record Cursor(boolean member, String name, UUID id) {
        private static final int ID_CHARS = 36;

        String text() {
            String all = (member ? "1" : "0") + id + name;
            return Base64.getUrlEncoder().withoutPadding().encodeToString(all.getBytes(StandardCharsets.UTF_8));
        }

        static Cursor of(String text) {
            try {
                String all = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
                if (all.length() > ID_CHARS && all.indexOf('\0') < 0) {
                    UUID id = Ids.parse("cursor", all.substring(1, ID_CHARS + 1));
                    return new Cursor(all.charAt(0) == '1', all.substring(ID_CHARS + 1), id);
                }
            } catch (IllegalArgumentException notOurs) {
                // the one error below
            }
            throw AppError.field("cursor", "format", "is not a cursor of this list");
        }
    }

    Future<FoundConversations> find(FindConversations asked) {
        SearchText text = SearchText.of(asked.q()).asBeginnings();
        if (text.wanted().isEmpty()) {
            throw AppError.field("q", "required", "must have a word that is looked for");
        }
        Cursor after = asked.cursor() == null ? null : Cursor.of(asked.cursor());
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), query(asked.tenant(), text))
                .addBoolean(after == null ? null : after.member())
                .addString(after == null ? null : after.name())
                .addUUID(after == null ? null : after.id())
                .addInteger(asked.limit() + 1)
                .addInteger(MOST_PUBLIC);
        return database.query(FIND, parameters).map(rows -> page(rows, asked.limit(), text));
    }

    private static String query(UUID tenant, SearchText text) {
        return new Sought(text, null, null, false, false, null).query(Scope.ofTenant(tenant));
    }

    private static FoundConversations page(RowSet<Row> rows, int limit, SearchText text) {
        List<FoundConversation> items = new ArrayList<>();
        for (Row row : rows) {
            if (items.size() == limit) {
                FoundConversation last = items.getLast();
                return new FoundConversations(items, new Cursor(last.member(), last.name(), last.id()).text());
            }
            items.add(view(row, text));
        }
        return new FoundConversations(items, null);
    }

    private static FoundConversation view(Row row, SearchText text) {
        String name = row.getString("name");
        return new FoundConversation(
                row.getUUID("id"),
                row.getString("type"),
                name,
                row.getString("visibility"),
                row.getInteger("member_count"),
                row.getBoolean("member"),
                Highlights.in(name, text));
    }
}

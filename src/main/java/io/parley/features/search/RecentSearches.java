package io.parley.features.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.bus.PersonalFrame;
import io.parley.features.search.SearchActions.RecentSearch;
import io.parley.features.search.SearchActions.Remember;
import io.parley.features.search.SearchActions.Searches;
import io.parley.features.search.SearchActions.Whose;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads and writes {@code search_recent}: the personal list {@code searches}, told to all devices of the person. */
final class RecentSearches {
    private static final String LIST = "SELECT q, searched_at FROM recent_searches($1, $2)";

    private static final String REMEMBER = "SELECT user_version, items::text AS items FROM remember_search($1, $2, $3)";

    private final Database database;
    private final Bus bus;

    RecentSearches(Database database, Bus bus) {
        this.database = database;
        this.bus = bus;
    }

    Future<Searches> list(Whose asked) {
        return database.query(LIST, Tuple.of(asked.tenant(), asked.user()))
                .map(rows -> new Searches(rows.stream()
                        .map(row -> new RecentSearch(
                                row.getString("q"),
                                row.getOffsetDateTime("searched_at").toInstant()))
                        .toList()));
    }

    Future<Searches> remember(Remember asked) {
        return database.query(REMEMBER, Tuple.of(asked.tenant(), asked.user(), asked.q()))
                .map(rows -> changed(asked, rows.iterator().next()));
    }

    private Searches changed(Remember asked, Row row) {
        Searches searches = new Searches(items(row.getString("items")));
        Long version = row.getLong("user_version");
        if (version != null) {
            bus.events()
                    .publish(new PersonalFrame(
                            asked.user(), version, false, SearchEvents.searches(version, searches.items())));
        }
        return searches;
    }

    private static List<RecentSearch> items(String json) {
        JsonNode items = Json.parse(json.getBytes(StandardCharsets.UTF_8));
        return items.valueStream()
                .map(item -> Json.read(item, RecentSearch.class))
                .toList();
    }
}

package io.parley.features.search;

import io.parley.features.search.SearchActions.RecentSearch;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The events of search, as finished frames. */
public final class SearchEvents {
    /** The whole list of a person's last searches, as it is now. */
    public static final String SEARCHES = "searches";

    private SearchEvents() {}

    private record Changed(String type, long userVersion, List<RecentSearch> items) {}

    static Buffer searches(long userVersion, List<RecentSearch> items) {
        return Json.encode(new Changed(SEARCHES, userVersion, items));
    }
}

package io.parley.features.search;

import io.parley.features.search.SearchActions.IndexState;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** What operators see of the index, and how they have it made anew. */
final class IndexStates {
    private static final String STATE = """
            SELECT s.*, greatest(0, (SELECT reltuples FROM pg_class WHERE oid = 'messages'::regclass))::bigint AS about
              FROM search_state s""";

    private final Database database;

    IndexStates(Database database) {
        this.database = database;
    }

    Future<IndexState> now() {
        return database.query(STATE, Tuple.tuple())
                .map(rows -> view(rows.iterator().next()));
    }

    Future<IndexState> rebuild() {
        return IndexRebuild.begin(database).compose(begun -> now());
    }

    private static IndexState view(Row row) {
        boolean current = row.getString("phase").equals("done") && row.getInteger("generation") > 0;
        return new IndexState(
                current ? "current" : "building",
                row.getInteger("generation"),
                row.getLong("done"),
                row.getLong("about"),
                instant(row.getOffsetDateTime("started_at")),
                instant(row.getOffsetDateTime("finished_at")));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}

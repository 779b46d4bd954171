package io.parley.features.previews;

import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** The messages that wait for previews: table {@code preview_wishes}. */
final class Wishes {
    private static final String READY = "SELECT * FROM ready_wishes($1)";

    /** Nobody is surprised by a preview after an hour any more. */
    private static final String GIVE_UP =
            "DELETE FROM preview_wishes WHERE wished_at < clock_timestamp() - interval '1 hour'";

    private final Database database;

    Wishes(Database database) {
        this.database = database;
    }

    /** Those of whose links none is wanted any more, for whoever asks to make them part of the messages. */
    Future<List<PreviewActions.Attach>> ready(int most) {
        return database.query(READY, Tuple.of(most))
                .map(rows -> rows.stream()
                        .map(row -> new PreviewActions.Attach(
                                row.getUUID("tenant_id"), row.getUUID("conversation_id"), row.getUUID("message_id")))
                        .toList());
    }

    Future<Void> giveUp() {
        return database.query(GIVE_UP, Tuple.tuple()).mapEmpty();
    }
}

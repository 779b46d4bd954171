package io.parley.server.jobs;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;

/**
 * Works through the journal in whole windows, from one fence to the next. Its position is written after the work, so
 * that a window is worked through at least once.
 */
final class JournalFollower {
    private static final String REGISTER = """
            INSERT INTO journal_followers (name, fence) VALUES ($1, $2::bigint::text::xid8)
            ON CONFLICT (name) DO NOTHING""";

    private static final String POSITION = "SELECT fence::text::bigint AS fence FROM journal_followers WHERE name = $1";

    private static final String ADVANCE = """
            UPDATE journal_followers SET fence = $2::bigint::text::xid8, updated_at = clock_timestamp()
             WHERE name = $1 AND fence < $2::bigint::text::xid8""";

    private final String name;
    private final Database database;
    private final JournalReader journal;
    private final Function<JournalReader.Window, Future<Void>> apply;
    private long fence;

    JournalFollower(
            String name, Database database, JournalReader journal, Function<JournalReader.Window, Future<Void>> apply) {
        this.name = name;
        this.database = database;
        this.journal = journal;
        this.apply = apply;
    }

    /** Finds the position; a follower that is new begins at the start of what is kept. */
    Future<Void> begin() {
        return database.query(REGISTER, Tuple.of(name, 0L))
                .compose(registered -> database.query(POSITION, Tuple.of(name)))
                .map(rows -> {
                    fence = rows.iterator().next().getLong("fence");
                    return null;
                });
    }

    Future<Void> step() {
        return journal.finalSince(fence).compose(window -> {
            if (window.fence() == fence) {
                return Future.succeededFuture();
            }
            return apply.apply(window)
                    .compose(done -> database.query(ADVANCE, Tuple.of(name, window.fence())))
                    .map(done -> {
                        fence = window.fence();
                        return null;
                    });
        });
    }
}

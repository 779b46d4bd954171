package io.parley.features.conversations;

import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;

/**
 * What follows when conversations end or come back: thousands of members are told, and rows go, some at a time, so that
 * nobody waits for it. Whatever the steps do, they do only once, and may be stopped after any of them.
 */
final class Endings {
    private static final int MEMBERS_AT_ONCE = 500;
    private static final int ROWS_AT_ONCE = 2_000;

    /** The lease wants to be renewed. */
    private static final int STEPS_AT_ONCE = 200;

    private static final String BRING_BACK = "SELECT bring_back($1) AS more";
    private static final String PURGE = "SELECT purge_step(make_interval(days => $1), $2) AS more";

    private final Database database;
    private final int restoreDays;

    /** @param restoreDays for how long deleted conversations may be restored */
    Endings(Database database, int restoreDays) {
        this.database = database;
        this.restoreDays = restoreDays;
    }

    /** Tells the members of restored conversations. */
    Future<Void> bringBack() {
        return steps(BRING_BACK, Tuple.of(MEMBERS_AT_ONCE), STEPS_AT_ONCE);
    }

    /** Removes what has been deleted for long enough. */
    Future<Void> purge() {
        return steps(PURGE, Tuple.of(restoreDays, ROWS_AT_ONCE), STEPS_AT_ONCE);
    }

    private Future<Void> steps(String sql, Tuple parameters, int most) {
        return database.query(sql, parameters)
                .compose(rows -> rows.iterator().next().getBoolean("more") && most > 1
                        ? steps(sql, parameters, most - 1)
                        : Future.succeededFuture());
    }
}

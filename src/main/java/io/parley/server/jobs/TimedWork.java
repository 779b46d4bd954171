package io.parley.server.jobs;

import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Work that one of all nodes does, when the last time lies a period back; whichever node that was. What fails is due
 * as before.
 */
final class TimedWork {
    /** A last time that is yet to come: the clock was set back. */
    private static final String DUE = """
            SELECT done_at IS NULL OR done_at NOT BETWEEN clock_timestamp() - make_interval(secs => $2)
                                                      AND clock_timestamp() AS due
              FROM job_leases WHERE name = $1""";

    private static final String DONE = "UPDATE job_leases SET done_at = clock_timestamp() WHERE name = $1";

    private final String name;
    private final double periodSeconds;
    private final Database database;
    private final BooleanSupplier mine;
    private final Supplier<Future<Void>> work;

    TimedWork(String name, long periodMs, Database database, BooleanSupplier mine, Supplier<Future<Void>> work) {
        this.name = name;
        this.periodSeconds = periodMs / 1000.0;
        this.database = database;
        this.mine = mine;
        this.work = work;
    }

    Future<Void> step() {
        if (!mine.getAsBoolean()) {
            return Future.succeededFuture();
        }
        return database.query(DUE, Tuple.of(name, periodSeconds)).compose(rows -> {
            boolean due = rows.iterator().hasNext() && rows.iterator().next().getBoolean("due");
            return due && mine.getAsBoolean() ? run() : Future.succeededFuture();
        });
    }

    private Future<Void> run() {
        return work.get().compose(done -> database.query(DONE, Tuple.of(name))).mapEmpty();
    }
}

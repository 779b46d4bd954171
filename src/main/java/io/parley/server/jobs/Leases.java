package io.parley.server.jobs;

import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What of the work that one of all nodes must do falls to this verticle. Leases end by the database's clock; here they
 * end earlier, counted from before they were asked for, so that whoever was stopped or cut off stops working before
 * another begins. What was under way when the verticle was stopped may still be done late: work must bear that.
 */
final class Leases {
    /** Somebody else takes over after this, and as long as he needs to notice. */
    static final long LASTING_MS = 6_000;

    static final long RENEW_MS = 2_000;

    private static final String TAKE = "SELECT take_leases($1, $2, make_interval(secs => $3)) AS name";

    private static final String GIVE_BACK = "UPDATE job_leases SET until = '-infinity' WHERE holder = $1";

    private final Database database;
    private final UUID who = UUID.randomUUID();
    private final Set<String> wanted = new TreeSet<>();
    private Set<String> held = Set.of();
    private long endNanos;

    /** @param database with a connection of its own: long work must not keep leases from being renewed */
    Leases(Database database) {
        this.database = database;
    }

    /** Before the first renewal. */
    void want(String name) {
        wanted.add(name);
    }

    boolean held(String name) {
        return held.contains(name) && System.nanoTime() - endNanos < 0;
    }

    /** Keeps what is held and takes what is free; to be called every {@link #RENEW_MS}. */
    Future<Void> renew() {
        if (wanted.isEmpty()) {
            return Future.succeededFuture();
        }
        long asked = System.nanoTime();
        Tuple parameters = Tuple.of(wanted.toArray(String[]::new), who, LASTING_MS / 1000.0);
        return database.query(TAKE, parameters).map(rows -> {
            held = rows.stream().map(row -> row.getString("name")).collect(Collectors.toUnmodifiableSet());
            endNanos = asked + TimeUnit.MILLISECONDS.toNanos(LASTING_MS);
            return null;
        });
    }

    /** Lets others go on at once. */
    Future<Void> giveBack() {
        if (held.isEmpty()) {
            return Future.succeededFuture();
        }
        held = Set.of();
        return database.query(GIVE_BACK, Tuple.of(who)).mapEmpty();
    }
}

package io.parley.server.persistence;

import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.stream.Collectors;

/** How much the journal keeps, and how far behind it its followers are, for those who watch over it. */
public final class JournalFigures {
    /** A follower that is further behind than this is told of by health checks. */
    private static final int LATE_SECONDS = 60;

    /** Beyond this nobody needs to know how many they are. */
    private static final long MOST_COUNTED = 100_000;

    /** The rows are those that statistics tell of: counting them would cost more than it is worth. */
    private static final String KEPT = """
            SELECT coalesce((SELECT sum(s.n_live_tup) FROM pg_inherits i JOIN pg_stat_user_tables s ON s.relid = i.inhrelid
                              WHERE i.inhparent = 'journal'::regclass), 0)::bigint AS rows,
                   coalesce((SELECT extract(epoch FROM clock_timestamp() - at) FROM journal
                              ORDER BY xid, id LIMIT 1), 0)::float8 AS age""";

    /** The age of the first row that a follower has not worked off, and whether it has lost any. */
    private static final String FOLLOWERS = """
            SELECT f.name, f.fence < k.dropped OR f.epoch IS DISTINCT FROM e.epoch AS left_behind,
                   coalesce(extract(epoch FROM clock_timestamp() - n.at), 0)::float8 AS lag,
                   (SELECT count(*) FROM (SELECT FROM journal
                     WHERE xid >= f.fence AND xid < pg_snapshot_xmax(pg_current_snapshot()) LIMIT $1) r) AS rows
              FROM journal_followers f
             CROSS JOIN journal_kept k
             CROSS JOIN server_epoch e
              LEFT JOIN LATERAL (
                   SELECT at FROM journal WHERE xid >= f.fence AND xid < pg_snapshot_xmax(pg_current_snapshot())
                    ORDER BY xid, id LIMIT 1) n ON true
             ORDER BY f.name""";

    private final SqlClient client;

    public JournalFigures(SqlClient client) {
        this.client = client;
    }

    public Future<Void> measure(Metrics metrics) {
        return client.preparedQuery(KEPT)
                .execute()
                .onSuccess(rows -> {
                    Row kept = rows.iterator().next();
                    metrics.journalKept(kept.getLong("rows"), kept.getDouble("age"));
                })
                .compose(measured -> followers(MOST_COUNTED))
                .onSuccess(followers -> followers.forEach(follower ->
                        metrics.followerLag(name(follower), follower.getDouble("lag"), follower.getLong("rows"))))
                .mapEmpty();
    }

    /** Fails when a follower has not come on for a minute, or must make its work anew. */
    public Future<Void> followersAreCurrent() {
        return followers(0).compose(JournalFigures::requireCurrent);
    }

    private Future<RowSet<Row>> followers(long mostCounted) {
        return client.preparedQuery(FOLLOWERS).execute(Tuple.of(mostCounted));
    }

    private static Future<Void> requireCurrent(RowSet<Row> followers) {
        String late = followers.stream()
                .filter(follower -> follower.getBoolean("left_behind") || follower.getDouble("lag") > LATE_SECONDS)
                .map(JournalFigures::name)
                .collect(Collectors.joining(", "));
        return late.isEmpty()
                ? Future.succeededFuture()
                : Future.failedFuture("followers are far behind the journal: " + late);
    }

    private static String name(Row follower) {
        return follower.getString("name");
    }
}

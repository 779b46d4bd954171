package io.parley.server.persistence;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal: one row for each committed batch, telling which conversations and persons have come to which
 * version. Commit order is neither the order of ids nor of transactions. So there are two ways to read on: by fences,
 * for whoever wants what is final, in windows; and by {@link JournalPosition}s, for whoever wants each row as soon as
 * it is committed. With every reading comes the database's epoch.
 */
public final class JournalReader {
    /** A reader that is far behind comes on in steps. */
    private static final int MOST_ROWS = 10_000;

    private static final String EPOCH = "SELECT current_epoch() AS epoch";
    private static final String NEW_EPOCH = "SELECT new_epoch($1) AS epoch";

    /**
     * Where a reader stands who has read everything: at the youngest row. Rows of transactions that are yet to come
     * were brought along from another database.
     */
    private static final String BEGIN = """
            SELECT e.epoch, e.number, k.dropped::text::bigint AS dropped,
                   pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS fence,
                   pg_postmaster_start_time()::text AS started,
                   ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint) AS running,
                   j.xid::text::bigint AS xid, j.id, j.at
              FROM server_epoch e
             CROSS JOIN journal_kept k
              LEFT JOIN LATERAL (
                   SELECT xid, id, at FROM journal WHERE xid < pg_snapshot_xmax(pg_current_snapshot())
                    ORDER BY xid DESC, id DESC LIMIT 1) j ON true""";

    private static final String NOW = """
            WITH now AS MATERIALIZED (
                SELECT current_epoch() AS epoch,
                       (SELECT dropped FROM journal_kept) AS dropped,
                       pg_snapshot_xmin(pg_current_snapshot()) AS fence,
                       pg_snapshot_xmax(pg_current_snapshot()) AS newest""";

    private static final String ROW = """
            SELECT now.epoch, now.dropped::text::bigint AS dropped, now.fence::text::bigint AS fence,
                   now.newest::text::bigint AS newest, j.xid::text::bigint AS xid, j.id, j.at,
                   j.tenants, j.roots, j.conversations, j.from_versions, j.to_versions, j.user_tenants, j.users, j.user_versions
            """;

    /** The witness is looked for by its time, too, which tells its partition, and which no other history repeats. */
    private static final String SINCE = NOW + """
                       , pg_postmaster_start_time()::text AS started,
                       ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint) AS running,
                       EXISTS (SELECT FROM journal w
                                WHERE w.xid = $1::bigint::text::xid8 AND w.id = $3 AND w.at = $4) AS witnessed)
            """ + ROW + """
            , now.started, now.running, now.witnessed
            FROM now LEFT JOIN LATERAL (
                   SELECT * FROM journal WHERE xid = ANY ($2::bigint[]::text[]::xid8[])
                    UNION ALL
                   (SELECT * FROM journal WHERE xid > $5::bigint::text::xid8 AND xid < now.newest
                     ORDER BY xid, id LIMIT\s""" + MOST_ROWS + ")) j ON true";

    private static final String FINAL = NOW + ")\n" + ROW + """
            FROM now LEFT JOIN LATERAL (
                   SELECT * FROM journal WHERE xid >= $1::bigint::text::xid8 AND xid < now.fence
                    ORDER BY xid, id LIMIT\s""" + MOST_ROWS + ") j ON true ORDER BY j.xid, j.id";

    /** Who keeps the fence where it is; this much of every backend may be seen by every role. */
    private static final String HOLDER = """
            SELECT 'backend ' || pid || ' (application ' || coalesce(nullif(application_name, ''), 'unnamed') || ', role '
                   || coalesce(usename, '?') || coalesce(', ' || state || ' since ' || xact_start, '') || ')' AS holder
              FROM pg_stat_activity WHERE backend_xid::text::bigint = $1 & 4294967295
             UNION ALL
            SELECT 'prepared transaction ' || gid || ' (role ' || owner || ')'
              FROM pg_prepared_xacts WHERE transaction::text::bigint = $1 & 4294967295""";

    private final SqlClient client;

    public JournalReader(SqlClient client) {
        this.client = client;
    }

    /**
     * All versions in [fromVersion, toVersion] of a conversation, or up to toVersion of a person, committed together.
     *
     * @param root of a conversation its root, which differs for threads; of a person himself
     */
    public record Change(UUID tenant, UUID root, UUID id, long fromVersion, long toVersion) {
        public boolean inThread() {
            return !root.equals(id);
        }

        private Change and(Change other) {
            return new Change(
                    tenant, root, id, Math.min(fromVersion, other.fromVersion), Math.max(toVersion, other.toVersion));
        }
    }

    /**
     * An epoch and the place where its readers begin.
     *
     * @param number higher than those of all epochs before it
     * @param fence oldest transaction that had not ended
     */
    public record Beginning(UUID epoch, long number, long fence, JournalPosition position) {}

    /**
     * What is final, from one fence to another.
     *
     * @param fence oldest transaction that had not ended, or, where there was too much to read at once, the last read
     * @param dropped rows of transactions below this one are not kept any more
     * @param rows how many it was made of
     */
    public record Window(
            UUID epoch, long fence, long dropped, int rows, List<Change> conversations, List<Change> people) {

        /** Of each conversation one change, from its first version to its last: between them nothing is missing. */
        public List<Change> merged() {
            Map<UUID, Change> merged = new TreeMap<>();
            conversations.forEach(change -> merged.merge(change.id(), change, Change::and));
            return List.copyOf(merged.values());
        }

        /** The same, cut into parts of so many versions: however far a reader is behind, it can take one at a time. */
        public List<List<Change>> pieces(int versions) {
            List<List<Change>> pieces = new ArrayList<>();
            long room = 0;
            for (Change change : merged()) {
                for (long from = change.fromVersion(); from <= change.toVersion(); ) {
                    if (room <= 0) {
                        pieces.add(new ArrayList<>());
                        room = versions;
                    }
                    long to = Math.min(change.toVersion(), from + room - 1);
                    pieces.getLast().add(new Change(change.tenant(), change.root(), change.id(), from, to));
                    room -= to - from + 1;
                    from = to + 1;
                }
            }
            return pieces;
        }
    }

    /**
     * What was committed since a position.
     *
     * @param fence oldest transaction that had not ended
     * @param newest transaction after all that had begun; equal to the fence when none is running
     * @param witnessed whether this is the database that the position was taken from, and not an older copy
     * @param restarted whether the server has been started since: what it has may be an older copy
     * @param missed whether something after the position is not kept any more
     * @param more whether there was too much to read at once
     */
    public record News(
            UUID epoch,
            long fence,
            long newest,
            boolean witnessed,
            boolean restarted,
            boolean missed,
            boolean more,
            JournalPosition position,
            List<Change> conversations,
            List<Change> people) {}

    /** The epoch of now, and where to begin in it. */
    public Future<Beginning> begin() {
        return client.preparedQuery(EPOCH)
                .execute()
                .compose(known -> client.preparedQuery(BEGIN).execute())
                .map(JournalReader::beginning);
    }

    /** Everything committed since a position, final or not, each row once. */
    public Future<News> since(JournalPosition position) {
        JournalPosition.Witness witness = position.witness();
        Tuple parameters = Tuple.of(
                witness == null ? null : witness.xid(),
                position.running().toArray(Long[]::new),
                witness == null ? null : witness.id(),
                witness == null ? null : witness.at(),
                position.top());
        return client.preparedQuery(SINCE).execute(parameters).map(rows -> news(position, rows));
    }

    /** Everything from one fence up to, not including, the fence of now: each row is seen exactly once that way. */
    public Future<Window> finalSince(long fence) {
        return client.preparedQuery(FINAL).execute(Tuple.of(fence)).map(JournalReader::window);
    }

    /** Ends an epoch, unless somebody else has done so; the one of now is found by {@link #begin}. */
    public Future<Void> endEpoch(UUID seen) {
        return client.preparedQuery(NEW_EPOCH).execute(Tuple.of(seen)).mapEmpty();
    }

    /** Who keeps a transaction open, for the operator to read; empty when it has just ended. */
    public Future<Optional<String>> holder(long xid) {
        return client.preparedQuery(HOLDER)
                .execute(Tuple.of(xid))
                .map(rows -> rows.stream().map(row -> row.getString("holder")).findFirst());
    }

    private static Beginning beginning(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        JournalPosition.Witness newest = witness(row);
        long top = Math.max(newest == null ? 0 : newest.xid(), row.getLong("dropped") - 1);
        return new Beginning(
                row.getUUID("epoch"),
                row.getLong("number"),
                row.getLong("fence"),
                new JournalPosition(top, running(row, top), newest, row.getString("started")));
    }

    private static JournalPosition.@Nullable Witness witness(Row row) {
        return row.getLong("id") == null
                ? null
                : new JournalPosition.Witness(row.getLong("xid"), row.getLong("id"), row.getOffsetDateTime("at"));
    }

    private static List<Long> running(Row row, long top) {
        return Arrays.stream(row.getArrayOfLongs("running"))
                .filter(xid -> xid <= top)
                .toList();
    }

    private static News news(JournalPosition since, RowSet<Row> rows) {
        List<Change> conversations = new ArrayList<>();
        List<Change> people = new ArrayList<>();
        Row last = null;
        JournalPosition.Witness newest = since.witness();
        int after = 0;
        for (Row row : rows) {
            last = row;
            JournalPosition.Witness here = witness(row);
            if (here != null) {
                read(row, conversations, people);
                after += here.xid() > since.top() ? 1 : 0;
                newest = here.laterThan(newest) ? here : newest;
            }
        }
        Row now = Objects.requireNonNull(last, "the journal's reading has a row at least");
        String started = now.getString("started");
        boolean more = after == MOST_ROWS;
        long dropped = now.getLong("dropped");
        // Where it was cut off, other rows of the same transaction may follow.
        long read = newest == null ? 0 : newest.xid() - (more ? 1 : 0);
        long top = Math.max(Math.max(read, since.top()), dropped - 1);
        return new News(
                now.getUUID("epoch"),
                now.getLong("fence"),
                now.getLong("newest"),
                since.witness() == null || since.witness().xid() < dropped || now.getBoolean("witnessed"),
                !started.equals(since.started()),
                since.complete() < dropped,
                more,
                new JournalPosition(top, running(now, top), newest, started),
                conversations,
                people);
    }

    private static Window window(RowSet<Row> rows) {
        List<Change> conversations = new ArrayList<>();
        List<Change> people = new ArrayList<>();
        long fence = 0;
        int count = 0;
        boolean cut = rows.size() == MOST_ROWS;
        Row now = rows.iterator().next();
        for (Row row : rows) {
            // A reader that was cut off must not pass a transaction that has not ended either.
            fence = cut ? Math.min(row.getLong("xid"), row.getLong("fence")) : row.getLong("fence");
            if (row.getLong("id") != null) {
                read(row, conversations, people);
                count++;
            }
        }
        return new Window(now.getUUID("epoch"), fence, now.getLong("dropped"), count, conversations, people);
    }

    private static void read(Row row, List<Change> conversations, List<Change> people) {
        UUID[] ids = row.getArrayOfUUIDs("conversations");
        for (int i = 0; ids != null && i < ids.length; i++) {
            conversations.add(new Change(
                    row.getArrayOfUUIDs("tenants")[i],
                    row.getArrayOfUUIDs("roots")[i],
                    ids[i],
                    row.getArrayOfLongs("from_versions")[i],
                    row.getArrayOfLongs("to_versions")[i]));
        }
        UUID[] users = row.getArrayOfUUIDs("users");
        for (int i = 0; users != null && i < users.length; i++) {
            long version = row.getArrayOfLongs("user_versions")[i];
            people.add(new Change(row.getArrayOfUUIDs("user_tenants")[i], users[i], users[i], version, version));
        }
    }
}

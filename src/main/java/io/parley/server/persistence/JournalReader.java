package io.parley.server.persistence;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads the journal: one row for each committed batch, telling which conversations and persons have come to which
 * version. Commit order is neither the order of ids nor of transactions, so a reader goes by fences: the oldest
 * transaction that has not ended when it reads. Everything below a fence is final.
 */
public final class JournalReader {
    /** A reader that is far behind comes on in steps. */
    private static final int MOST_ROWS = 10_000;

    private static final String FENCE = """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS fence,
                   pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest""";

    private static final String ROWS = """
            WITH now AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS fence,
                                pg_snapshot_xmax(pg_current_snapshot()) AS newest)
            SELECT now.fence::text::bigint AS fence, now.newest::text::bigint AS newest,
                   j.id, j.xid::text::bigint AS xid, j.tenants, j.conversations, j.from_versions, j.to_versions,
                   j.user_tenants, j.users, j.user_versions
              FROM now LEFT JOIN journal j ON j.xid >= $1::bigint::text::xid8""";

    private static final String ALL = ROWS + " ORDER BY j.xid, j.id LIMIT " + MOST_ROWS;
    private static final String FINAL = ROWS + " AND j.xid < now.fence ORDER BY j.xid, j.id LIMIT " + MOST_ROWS;

    private final SqlClient client;

    public JournalReader(SqlClient client) {
        this.client = client;
    }

    /** All versions in [fromVersion, toVersion] of a conversation, or up to toVersion of a person, committed together. */
    public record Change(UUID tenant, UUID id, long fromVersion, long toVersion) {}

    /**
     * @param fence oldest transaction that had not ended, or, where there was too much to read at once, the last read
     * @param newest transaction after all that had begun; equal to the fence when none is running
     */
    public record Window(long fence, long newest, List<Change> conversations, List<Change> people) {}

    /** The fence of now, to begin with. */
    public Future<Window> begin() {
        return client.preparedQuery(FENCE).execute().map(JournalReader::window);
    }

    /** Everything committed by transactions at or above a fence, final or not. */
    public Future<Window> since(long fence) {
        return client.preparedQuery(ALL).execute(Tuple.of(fence)).map(JournalReader::window);
    }

    /** Everything from one fence up to, not including, the fence of now: each row is seen exactly once that way. */
    public Future<Window> finalSince(long fence) {
        return client.preparedQuery(FINAL).execute(Tuple.of(fence)).map(JournalReader::window);
    }

    private static Window window(RowSet<Row> rows) {
        List<Change> conversations = new ArrayList<>();
        List<Change> people = new ArrayList<>();
        long fence = 0;
        long newest = 0;
        boolean cut = rows.size() == MOST_ROWS;
        for (Row row : rows) {
            // A reader that was cut off must not pass a transaction that has not ended either.
            fence = cut ? Math.min(row.getLong("xid"), row.getLong("fence")) : row.getLong("fence");
            newest = row.getLong("newest");
            if (row.size() > 2 && row.getValue("id") != null) {
                read(row, conversations, people);
            }
        }
        return new Window(fence, newest, conversations, people);
    }

    private static void read(Row row, List<Change> conversations, List<Change> people) {
        UUID[] ids = row.getArrayOfUUIDs("conversations");
        for (int i = 0; ids != null && i < ids.length; i++) {
            conversations.add(new Change(
                    row.getArrayOfUUIDs("tenants")[i],
                    ids[i],
                    row.getArrayOfLongs("from_versions")[i],
                    row.getArrayOfLongs("to_versions")[i]));
        }
        UUID[] users = row.getArrayOfUUIDs("users");
        for (int i = 0; users != null && i < users.length; i++) {
            long version = row.getArrayOfLongs("user_versions")[i];
            people.add(new Change(row.getArrayOfUUIDs("user_tenants")[i], users[i], version, version));
        }
    }
}

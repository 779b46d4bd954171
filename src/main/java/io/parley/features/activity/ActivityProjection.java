package io.parley.features.activity;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/**
 * Writes the table {@code conversation_activity}. Idempotent: a version is taken once and never falls, so that a window
 * that is read twice changes nothing the second time.
 */
final class ActivityProjection {
    private static final String RAISE = """
            INSERT INTO conversation_activity AS a (conversation_id, tenant_id, last_version, active_at)
            SELECT conversation_id, tenant_id, last_version, clock_timestamp()
              FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS n (conversation_id, tenant_id, last_version)
            ON CONFLICT (conversation_id) DO UPDATE
               SET last_version = excluded.last_version, active_at = excluded.active_at
             WHERE a.last_version < excluded.last_version""";

    /** The next conversations by id; what is written says how far that went. */
    private static final String REBUILD = """
            WITH next AS (
                SELECT k.id, k.tenant_id, k.last_version, k.last_at FROM conversation_counters k
                 WHERE k.id > $1 ORDER BY k.id LIMIT $2
            ), raised AS (
                INSERT INTO conversation_activity AS a (conversation_id, tenant_id, last_version, active_at)
                SELECT id, tenant_id, last_version, last_at FROM next
                ON CONFLICT (conversation_id) DO UPDATE
                   SET last_version = excluded.last_version, active_at = excluded.active_at
                 WHERE a.last_version < excluded.last_version
            )
            SELECT id FROM next ORDER BY id DESC LIMIT 1""";

    private static final int CONVERSATIONS_AT_ONCE = 2_000;
    private static final UUID FIRST = new UUID(0, 0);

    private final Database database;

    ActivityProjection(Database database) {
        this.database = database;
    }

    Future<Void> apply(JournalReader.Window window) {
        List<JournalReader.Change> changes = window.merged();
        return changes.isEmpty() ? Future.succeededFuture() : write(changes);
    }

    /** From the conversations themselves, of which each knows when something was last said in it. */
    Future<Void> rebuild() {
        return rebuildAfter(FIRST);
    }

    private Future<Void> rebuildAfter(UUID conversation) {
        return database.query(REBUILD, Tuple.of(conversation, CONVERSATIONS_AT_ONCE))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture()
                        : rebuildAfter(rows.iterator().next().getUUID("id")));
    }

    private Future<Void> write(List<JournalReader.Change> changes) {
        UUID[] ids = changes.stream().map(JournalReader.Change::id).toArray(UUID[]::new);
        UUID[] tenants = changes.stream().map(JournalReader.Change::tenant).toArray(UUID[]::new);
        Long[] versions = changes.stream().map(JournalReader.Change::toVersion).toArray(Long[]::new);
        Tuple parameters =
                Tuple.tuple().addArrayOfUUID(ids).addArrayOfUUID(tenants).addArrayOfLong(versions);
        return database.query(RAISE, parameters).mapEmpty();
    }
}

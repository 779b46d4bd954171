package io.parley.features.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Writes {@code search_documents} and {@code search_names} from rows of messages and conversations. */
final class IndexStore {
    /** What {@link #index} wants of {@code messages m}. */
    static final String COLUMNS = """
            m.tenant_id, m.root_id, m.conversation_id, m.number, m.version, m.created_at, m.sender_id, m.type, m.content,
                   search_block(m.root_id, m.conversation_id, m.number, m.created_at) AS block""";

    private static final String INDEX = "SELECT search_index($1, $2, $3, $4, $5, $6, $7)";

    private static final String INDEX_NAMES = """
            INSERT INTO search_names AS n (tenant_id, conversation_id, version, generation, words)
            SELECT a.tenant_id, a.conversation_id, a.version, (SELECT generation FROM search_state), a.vector::tsvector
              FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[])
                   AS a (tenant_id, conversation_id, version, vector)
             ORDER BY a.conversation_id
            ON CONFLICT (conversation_id) DO UPDATE
               SET version = excluded.version, generation = excluded.generation, words = excluded.words
             WHERE n.version < excluded.version OR n.version = excluded.version AND n.generation < excluded.generation""";

    private static final String FORGET_NAMES = "DELETE FROM search_names WHERE conversation_id = ANY ($1)";

    private final Database database;

    IndexStore(Database database) {
        this.database = database;
    }

    /** @param rows with {@link #COLUMNS}, each message once; of those that are system messages or gone nothing is kept */
    Future<Void> index(List<Row> rows) {
        List<Row> kept = rows.stream()
                .filter(row -> row.getString("content") != null
                        && !row.getString("type").equals("system"))
                .toList();
        if (kept.isEmpty()) {
            return Future.succeededFuture();
        }
        Tuple documents = Tuple.tuple()
                .addArrayOfUUID(uuids(kept, "tenant_id"))
                .addArrayOfUUID(uuids(kept, "root_id"))
                .addArrayOfUUID(uuids(kept, "conversation_id"))
                .addArrayOfLong(longs(kept, "number"))
                .addArrayOfLong(longs(kept, "version"))
                .addArrayOfOffsetDateTime(kept.stream()
                        .map(row -> row.getOffsetDateTime("created_at"))
                        .toArray(OffsetDateTime[]::new))
                .addArrayOfString(kept.stream().map(IndexStore::vector).toArray(String[]::new));
        return database.query(INDEX, documents).mapEmpty();
    }

    /** @param rows of conversations, with tenant_id, id, version, status and name */
    Future<Void> indexNames(List<Row> rows) {
        List<Row> kept = rows.stream()
                .filter(row -> row.getString("name") != null && isActive(row))
                .toList();
        UUID[] gone = uuids(rows.stream().filter(row -> !isActive(row)).toList(), "id");
        Tuple names = Tuple.tuple()
                .addArrayOfUUID(uuids(kept, "tenant_id"))
                .addArrayOfUUID(uuids(kept, "id"))
                .addArrayOfLong(longs(kept, "version"))
                .addArrayOfString(kept.stream()
                        .map(row -> Vectors.ofName(row.getUUID("tenant_id"), row.getString("name")))
                        .toArray(String[]::new));
        Future<?> written = kept.isEmpty() ? Future.succeededFuture() : database.query(INDEX_NAMES, names);
        return written.compose(done ->
                        gone.length == 0 ? Future.succeededFuture() : database.query(FORGET_NAMES, Tuple.of(gone)))
                .mapEmpty();
    }

    private static boolean isActive(Row conversation) {
        return conversation.getString("status").equals("active");
    }

    private static String vector(Row row) {
        UUID root = row.getUUID("root_id");
        return Vectors.ofMessage(
                Scope.ofBlock(root, row.getLong("block")),
                row.getString("type"),
                row.getUUID("sender_id"),
                tree(row.getString("content")),
                !root.equals(row.getUUID("conversation_id")));
    }

    private static JsonNode tree(String content) {
        try {
            return Json.mapper().readTree(content);
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException("stored content is not JSON", defect);
        }
    }

    private static UUID[] uuids(List<Row> rows, String column) {
        return rows.stream().map(row -> row.getUUID(column)).toArray(UUID[]::new);
    }

    private static Long[] longs(List<Row> rows, String column) {
        return rows.stream().map(row -> row.getLong(column)).toArray(Long[]::new);
    }
}

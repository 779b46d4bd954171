package io.parley.features.search;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.JournalReader.Change;
import io.parley.support.Steps;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/**
 * Brings the index after the journal: of each window the messages whose present version lies in it, those that have
 * changed since being left to the window of that change, and the conversations whose name or state has changed.
 * Idempotent: a row is written only over an older version of itself.
 */
final class SearchProjection {
    /** Versions that are read and written in one piece. */
    static final int PIECE = 400;

    /** Of the time, at most. With more to do than that leaves, the index comes later and what is sent does not. */
    private static final double SHARE = 0.5;

    private static final String CHANGED = """
            SELECT m.*
              FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w (id, first, last)
             CROSS JOIN LATERAL (
                   SELECT\s""" + IndexStore.COLUMNS + """

                     FROM messages m
                    WHERE m.conversation_id = w.id AND m.version > 0 AND m.version BETWEEN w.first AND w.last) m""";

    private static final String CONVERSATIONS = """
            SELECT c.tenant_id, c.root_id, c.id, c.version, c.status, c.name
              FROM unnest($1::uuid[], $2::bigint[]) AS w (id, first)
             CROSS JOIN LATERAL (SELECT * FROM conversations c WHERE c.id = w.id) c
             WHERE c.version >= w.first OR c.status <> 'active'""";

    private final Database database;
    private final IndexStore index;
    private final Pace pace = new Pace(SHARE);

    SearchProjection(Database database) {
        this.database = database;
        this.index = new IndexStore(database);
    }

    Future<Void> apply(JournalReader.Window window) {
        Iterator<List<Change>> pieces = window.pieces(PIECE).iterator();
        return Steps.repeat(() ->
                pieces.hasNext() ? pace.of(() -> indexPiece(pieces.next())).map(true) : Future.succeededFuture(false));
    }

    private Future<Void> indexPiece(List<Change> piece) {
        UUID[] ids = piece.stream().map(Change::id).toArray(UUID[]::new);
        Long[] first = piece.stream().map(Change::fromVersion).toArray(Long[]::new);
        Long[] last = piece.stream().map(Change::toVersion).toArray(Long[]::new);
        Tuple ranges = Tuple.tuple().addArrayOfUUID(ids).addArrayOfLong(first).addArrayOfLong(last);
        Tuple beginnings = Tuple.tuple().addArrayOfUUID(ids).addArrayOfLong(first);
        return database.query(CHANGED, ranges)
                .compose(rows -> index.index(rows.stream().toList()))
                .compose(done -> database.query(CONVERSATIONS, beginnings))
                .compose(rows -> conversations(rows.stream().toList()));
    }

    /** Messages of a conversation that is deleted stay, for it may be restored; they go when it is purged. */
    private Future<Void> conversations(List<Row> rows) {
        return rows.isEmpty() ? Future.succeededFuture() : index.indexNames(rows);
    }
}

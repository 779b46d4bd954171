package io.parley.features.search;

import io.parley.features.search.text.Tokens;
import io.parley.server.persistence.Database;
import io.parley.support.Steps;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Makes the index anew, row by row in the order of keys: first the names, then the messages, while it serves and while
 * the projection goes on with what is new. How far it has come stands in {@code search_state}, so that whichever node
 * does the next step goes on from there. Begins when it is asked to, and when the code makes other words of the same
 * texts than that which the index was made with.
 */
final class IndexRebuild {
    /** Of the time, at most, beside what the projection takes. */
    private static final double SHARE = 0.5;

    private static final int ROWS_AT_ONCE = 400;

    /** How long a step goes on while there is something to do. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String STATE =
            "SELECT generation, tokens, phase, conversation, number, done, started_at, finished_at FROM search_state";

    private static final String REBUILD = "SELECT search_rebuild($1)";

    /** What is as new as it can be is not written again. */
    private static final String MESSAGES = """
            SELECT coalesce(c.status, 'purging') <> 'purging' AND NOT EXISTS (
                       SELECT FROM search_documents d
                        WHERE d.root_id = m.root_id AND d.created_at = m.created_at
                          AND d.conversation_id = m.conversation_id AND d.number = m.number
                          AND d.version >= m.version AND d.generation >= $4) AS due,\s""" + IndexStore.COLUMNS + """

              FROM (SELECT * FROM messages s WHERE (s.conversation_id, s.number) > ($1, $2)
                     ORDER BY s.conversation_id, s.number LIMIT $3) m
              LEFT JOIN LATERAL (SELECT c.status FROM conversations c WHERE c.id = m.conversation_id) c ON true
             ORDER BY m.conversation_id, m.number""";

    private static final String NAMES = """
            SELECT c.tenant_id, c.root_id, c.id, c.version, c.status, c.name
              FROM conversations c WHERE c.id > $1 ORDER BY c.id LIMIT $2""";

    private static final String ADVANCE = """
            UPDATE search_state
               SET phase = $3, conversation = $4, number = $5, done = done + $6,
                   finished_at = CASE WHEN $3 = 'done' THEN clock_timestamp() END
             WHERE generation = $1 AND phase = $2""";

    private static final UUID FIRST = new UUID(0, 0);

    private final Database database;
    private final IndexStore index;
    private final Pace pace = new Pace(SHARE);

    IndexRebuild(Database database) {
        this.database = database;
        this.index = new IndexStore(database);
    }

    /** Where it stands. */
    private record State(int generation, int tokens, String phase, UUID conversation, long number) {
        static State of(RowSet<Row> rows) {
            Row row = rows.iterator().next();
            return new State(
                    row.getInteger("generation"),
                    row.getInteger("tokens"),
                    row.getString("phase"),
                    row.getUUID("conversation"),
                    row.getLong("number"));
        }
    }

    /** Asks for it to be done, from the beginning; the steps do it. */
    static Future<Void> begin(Database database) {
        return database.query(REBUILD, Tuple.of(Tokens.VERSION)).mapEmpty();
    }

    /** Goes on for some seconds, if there is something to do. */
    Future<Void> step() {
        long until = System.nanoTime() + STEP_NANOS;
        return Steps.repeat(() -> next().map(more -> more && System.nanoTime() - until < 0));
    }

    /** Whether there is more. */
    private Future<Boolean> next() {
        return database.query(STATE, Tuple.tuple()).map(State::of).compose(state -> {
            if (state.tokens() < Tokens.VERSION) {
                return begin(database).map(true);
            }
            return state.phase().equals("done")
                    ? Future.succeededFuture(false)
                    : pace.of(() -> state.phase().equals("names") ? names(state) : messages(state))
                            .map(true);
        });
    }

    private Future<Void> names(State state) {
        return database.query(NAMES, Tuple.of(state.conversation(), ROWS_AT_ONCE))
                .compose(found -> {
                    List<Row> rows = found.stream().toList();
                    if (rows.isEmpty()) {
                        return advance(state, "messages", FIRST, 0, 0);
                    }
                    return index.indexNames(rows)
                            .compose(done ->
                                    advance(state, "names", rows.getLast().getUUID("id"), 0, rows.size()));
                });
    }

    private Future<Void> messages(State state) {
        Tuple place = Tuple.of(state.conversation(), state.number(), ROWS_AT_ONCE, state.generation());
        return database.query(MESSAGES, place).compose(found -> {
            List<Row> rows = found.stream().toList();
            if (rows.isEmpty()) {
                return advance(state, "done", FIRST, 0, 0);
            }
            Row last = rows.getLast();
            return index.index(
                            rows.stream().filter(row -> row.getBoolean("due")).toList())
                    .compose(done -> advance(
                            state, "messages", last.getUUID("conversation_id"), last.getLong("number"), rows.size()));
        });
    }

    private Future<Void> advance(State state, String phase, UUID conversation, long number, int done) {
        Tuple to = Tuple.of(state.generation(), state.phase(), phase, conversation, number, (long) done);
        return database.query(ADVANCE, to).mapEmpty();
    }
}

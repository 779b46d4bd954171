package io.parley.features.contacts;

import io.parley.features.contacts.ContactActions.Pair;
import io.parley.features.contacts.ContactActions.Request;
import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes what is between two people, by the functions that return a {@code contact_outcome}. */
final class ContactChanges {
    private static final String OUTCOME_OF =
            "SELECT outcome, events::text AS events, coalesce(wait_ms, 0) AS wait_ms, conversation FROM ";

    private static final String REQUEST = OUTCOME_OF + "request_contact($1, $2, $3, $4, $5)";
    private static final String ACCEPT = OUTCOME_OF + "accept_contact($1, $2, $3)";
    private static final String END = OUTCOME_OF + "end_request($1, $2, $3, $4)";
    private static final String REMOVE = OUTCOME_OF + "remove_contact($1, $2, $3)";
    private static final String BLOCK = OUTCOME_OF + "block_person($1, $2, $3)";
    private static final String UNBLOCK = OUTCOME_OF + "unblock_person($1, $2, $3)";

    private static final String PRUNE = "DELETE FROM contact_requests WHERE again_at < clock_timestamp()";

    private final Database database;

    ContactChanges(Database database) {
        this.database = database;
    }

    /**
     * What became of it.
     *
     * @param events what the devices of both are to be told
     * @param waitMs when it may be tried again, for {@code too_early}
     * @param conversation the direct one of the two, where a block concerns it
     */
    record Done(
            String outcome,
            List<Told> events,
            long waitMs,
            @Nullable UUID conversation) {}

    /**
     * A change of a list of one person.
     *
     * @param user whom it is about
     */
    record Told(
            UUID person,
            long userVersion,
            String type,
            UUID user,
            @Nullable String direction,
            @Nullable String message,
            @Nullable Instant at) {}

    Future<Done> request(Request asked) {
        return call(
                REQUEST,
                Tuple.of(asked.tenant(), asked.actor(), asked.user(), asked.message(), ContactRules.MOST_WAITING));
    }

    Future<Done> accept(Pair asked) {
        return call(ACCEPT, pair(asked));
    }

    Future<Done> decline(Pair asked) {
        return call(END, Tuple.of(asked.tenant(), asked.user(), asked.actor(), ContactRules.AFTER_DECLINE_SECONDS));
    }

    Future<Done> cancel(Pair asked) {
        return call(END, Tuple.of(asked.tenant(), asked.actor(), asked.user(), ContactRules.AFTER_CANCEL_SECONDS));
    }

    Future<Done> remove(Pair asked) {
        return call(REMOVE, pair(asked));
    }

    Future<Done> block(Pair asked) {
        return call(BLOCK, pair(asked));
    }

    Future<Done> unblock(Pair asked) {
        return call(UNBLOCK, pair(asked));
    }

    private static Tuple pair(Pair asked) {
        return Tuple.of(asked.tenant(), asked.actor(), asked.user());
    }

    private Future<Done> call(String sql, Tuple parameters) {
        return database.query(sql, parameters).map(rows -> done(rows.iterator().next()));
    }

    private static Done done(Row row) {
        String events = row.getString("events");
        return new Done(
                row.getString("outcome"),
                events == null ? List.of() : List.of(Json.decode(Buffer.buffer(events), Told[].class)),
                row.getLong("wait_ms"),
                row.getUUID("conversation"));
    }

    /** Forgets requests that are over and may be made again. */
    static Future<Void> prune(Database database) {
        return database.query(PRUNE, Tuple.tuple()).mapEmpty();
    }
}

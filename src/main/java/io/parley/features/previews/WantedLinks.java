package io.parley.features.previews;

import io.parley.server.persistence.Database;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The links that somebody must fetch, dealt out among all nodes by claims that end by the database's clock: table
 * {@code link_previews}.
 */
final class WantedLinks {
    /** Well above what a fetch may take; a node that dies leaves its links to others after this. */
    private static final Duration CLAIM = Duration.ofSeconds(30);

    /** Of one host at once, on one node. */
    private static final int MOST_OF_HOST = 2;

    private static final String CLAIM_SOME = "SELECT * FROM claim_links($1, $2, $3, $4, make_interval(secs => $5))";

    private static final String KNOWN = """
            UPDATE link_previews
               SET state = 'known', found = $4, claim = NULL, due_at = clock_timestamp() + make_interval(secs => $5)
             WHERE tenant_id = $1 AND url = $2 AND claim = $3""";

    private static final String LATER = """
            UPDATE link_previews
               SET claim = NULL, attempts = attempts - $4, due_at = clock_timestamp() + make_interval(secs => $5)
             WHERE tenant_id = $1 AND url = $2 AND claim = $3""";

    private static final String FORGET = """
            DELETE FROM link_previews p USING (
                SELECT tenant_id, url FROM link_previews WHERE state = 'known' AND due_at < clock_timestamp()
                 ORDER BY due_at LIMIT $1) old
             WHERE p.tenant_id = old.tenant_id AND p.url = old.url AND p.state = 'known'""";

    private static final int FORGOTTEN_AT_ONCE = 5_000;

    private final Database database;

    WantedLinks(Database database) {
        this.database = database;
    }

    /**
     * A link that this node has to fetch now.
     *
     * @param attempts this one among them
     */
    record Claimed(UUID tenant, String url, String host, int attempts, UUID claim) {}

    /**
     * @param most how many
     * @param without hosts that are being asked
     */
    Future<List<Claimed>> claim(int most, Collection<String> without) {
        UUID claim = UUID.randomUUID();
        Tuple parameters =
                Tuple.of(most, MOST_OF_HOST, without.toArray(String[]::new), claim, (double) CLAIM.toSeconds());
        return database.query(CLAIM_SOME, parameters)
                .map(rows -> rows.stream().map(row -> claimed(row, claim)).toList());
    }

    private static Claimed claimed(Row row, UUID claim) {
        return new Claimed(
                row.getUUID("tenant_id"),
                row.getString("url"),
                row.getString("host"),
                row.getInteger("attempts"),
                claim);
    }

    /** @param found null: there is nothing to show */
    Future<Void> known(Claimed link, @Nullable LinkPreview found, Duration lasting) {
        JsonObject json = found == null ? null : new JsonObject(Json.text(found));
        return database.query(
                        KNOWN, Tuple.of(link.tenant(), link.url(), link.claim(), json, (double) lasting.toSeconds()))
                .mapEmpty();
    }

    /** @param counted whether it was an attempt */
    Future<Void> later(Claimed link, boolean counted, Duration wait) {
        double seconds = wait.toSeconds();
        Tuple parameters = Tuple.of(link.tenant(), link.url(), link.claim(), counted ? 0 : 1, seconds);
        return database.query(LATER, parameters).mapEmpty();
    }

    /** Deletes some of what is known no longer. */
    Future<Void> forget() {
        return database.query(FORGET, Tuple.of(FORGOTTEN_AT_ONCE)).mapEmpty();
    }
}

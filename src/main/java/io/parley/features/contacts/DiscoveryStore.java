package io.parley.features.contacts;

import io.parley.features.contacts.DiscoveryActions.Discover;
import io.parley.features.contacts.DiscoveryActions.Discovered;
import io.parley.features.contacts.DiscoveryActions.Match;
import io.parley.features.contacts.DiscoveryActions.Salt;
import io.parley.features.contacts.DiscoveryActions.Tenant;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Looks hashes up. All of them are kept ready, so that a question costs look-ups in an index and nothing else. */
final class DiscoveryStore {
    private static final String SALT = """
            SELECT id, salt,
                   coalesce(expires_at, greatest(made_at + make_interval(hours => $2), clock_timestamp())
                                        + make_interval(hours => $3)) AS expires_at
              FROM discovery_salts
             WHERE tenant_id = $1 AND published_at IS NOT NULL
             ORDER BY published_at DESC LIMIT 1""";

    private static final String DISCOVER =
            "SELECT outcome, wait_ms, places, people FROM discover_people($1, $2, $3, $4, $5, $6)";

    private static final String TEND = "SELECT tend_discovery($1, $2, $3) AS more";

    /** What has come back to a quota since then has filled it. */
    private static final String PRUNE =
            "DELETE FROM discovery_quotas WHERE counted_at < clock_timestamp() - interval '1 day'";

    private static final int SALT_HOURS = 7 * 24;
    private static final int GRACE_HOURS = 24;
    private static final int PEOPLE_AT_ONCE = 1_000;

    /** Numbers are not proved: anybody may claim one, and nobody may fill an answer by claiming it a thousand times. */
    private static final int MOST_FOR_ONE = 10;

    private final Database database;
    private final int hashesPerDay;
    private final Metrics metrics;

    /** @param hashesPerDay that one person may ask for */
    DiscoveryStore(Database database, int hashesPerDay, Metrics metrics) {
        this.database = database;
        this.hashesPerDay = hashesPerDay;
        this.metrics = metrics;
    }

    Future<Salt> salt(Tenant asked) {
        return database.query(SALT, Tuple.of(asked.tenant(), SALT_HOURS, GRACE_HOURS))
                .map(rows -> salt(rows.iterator().next()));
    }

    private static Salt salt(Row row) {
        return new Salt(
                row.getUUID("id"),
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(row.getBuffer("salt").getBytes()),
                row.getOffsetDateTime("expires_at").toInstant());
    }

    Future<Discovered> discover(Discover asked) {
        Buffer[] hashes = asked.hashes().stream()
                .map(hash -> Buffer.buffer(Base64.getUrlDecoder().decode(hash)))
                .toArray(Buffer[]::new);
        Tuple parameters = Tuple.of(asked.tenant(), asked.user(), asked.salt())
                .addArrayOfBuffer(hashes)
                .addInteger(hashesPerDay)
                .addInteger(MOST_FOR_ONE);
        return database.query(DISCOVER, parameters)
                .map(rows -> discovered(asked.hashes(), rows.iterator().next()));
    }

    private Discovered discovered(List<String> hashes, Row row) {
        switch (row.getString("outcome")) {
            case "ok" -> metrics.discovered(hashes.size());
            case "guest" -> throw AppError.of(ErrorCode.FORBIDDEN, "Guests cannot look for people");
            case "expired" ->
                throw AppError.of(ErrorCode.CONFLICT, "This salt is not in use any more; get the new one");
            default -> {
                metrics.discoveryLimited();
                throw AppError.rateLimited(row.getLong("wait_ms"));
            }
        }
        Integer[] places = row.getArrayOfIntegers("places");
        if (places == null) {
            return new Discovered(List.of());
        }
        UUID[] people = row.getArrayOfUUIDs("people");
        return new Discovered(IntStream.range(0, places.length)
                .mapToObj(i -> new Match(hashes.get(places[i] - 1), people[i]))
                .toList());
    }

    /** Makes new salts in time, with all hashes, and drops what is over. */
    static Future<Void> tend(Database database) {
        return database.query(TEND, Tuple.of(SALT_HOURS, GRACE_HOURS, PEOPLE_AT_ONCE))
                .compose(rows -> rows.iterator().next().getBoolean("more") ? tend(database) : prune(database));
    }

    private static Future<Void> prune(Database database) {
        return database.query(PRUNE, Tuple.tuple()).mapEmpty();
    }
}

package io.parley.features.privacy;

import io.parley.features.privacy.PrivacyActions.Audience;
import io.parley.features.privacy.PrivacyActions.Audiences;
import io.parley.features.privacy.PrivacyActions.Change;
import io.parley.features.privacy.PrivacyActions.Get;
import io.parley.features.privacy.PrivacyActions.People;
import io.parley.features.privacy.PrivacyActions.Person;
import io.parley.features.privacy.PrivacyActions.Privacy;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes and reads {@code privacy_settings}. */
final class PrivacyStore {
    private static final String GET = """
            SELECT read_receipts, last_seen, contact_requests, group_adds FROM privacy_settings
             WHERE tenant_id = $1 AND user_id = $2""";

    private static final String CHANGE = "SELECT * FROM change_privacy($1, $2, $3, $4, $5, $6)";

    private static final String AUDIENCES = """
            SELECT s.tenant_id, s.user_id, s.last_seen
              FROM unnest($1::uuid[], $2::uuid[]) AS p (tenant_id, user_id)
              JOIN privacy_settings s USING (tenant_id, user_id)
             WHERE s.last_seen <> 'everybody'""";

    /** Of whoever has never changed anything. */
    private static final Privacy OPEN = new Privacy(true, "everybody", "everybody", "everybody");

    private final Database database;

    PrivacyStore(Database database) {
        this.database = database;
    }

    /** @param userVersion that the change took; null: nothing has changed */
    record Changed(@Nullable Long userVersion, Privacy privacy) {}

    Future<Privacy> get(Get asked) {
        return database.query(GET, Tuple.of(asked.tenant(), asked.user()))
                .map(rows ->
                        rows.stream().findFirst().map(PrivacyStore::privacy).orElse(OPEN));
    }

    Future<Changed> change(Change asked) {
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                asked.readReceipts(),
                asked.lastSeen(),
                asked.contactRequests(),
                asked.groupAdds());
        return database.query(CHANGE, parameters).map(rows -> {
            Row row = rows.iterator().next();
            return new Changed(row.getLong("user_version"), privacy(row));
        });
    }

    Future<Audiences> audiences(People asked) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(asked.people().stream().map(Person::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(asked.people().stream().map(Person::user).toArray(UUID[]::new));
        return database.query(AUDIENCES, parameters)
                .map(rows -> new Audiences(rows.stream()
                        .map(row -> new Audience(
                                row.getUUID("tenant_id"), row.getUUID("user_id"), row.getString("last_seen")))
                        .toList()));
    }

    private static Privacy privacy(Row row) {
        return new Privacy(
                row.getBoolean("read_receipts"),
                row.getString("last_seen"),
                row.getString("contact_requests"),
                row.getString("group_adds"));
    }
}

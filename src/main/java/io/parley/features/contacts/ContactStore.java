package io.parley.features.contacts;

import io.parley.features.contacts.ContactActions.Block;
import io.parley.features.contacts.ContactActions.BlockedBy;
import io.parley.features.contacts.ContactActions.Blockers;
import io.parley.features.contacts.ContactActions.Blocks;
import io.parley.features.contacts.ContactActions.Contact;
import io.parley.features.contacts.ContactActions.ContactRequest;
import io.parley.features.contacts.ContactActions.Contacts;
import io.parley.features.contacts.ContactActions.ListOwn;
import io.parley.features.contacts.ContactActions.ListRequests;
import io.parley.features.contacts.ContactActions.People;
import io.parley.features.contacts.ContactActions.Person;
import io.parley.features.contacts.ContactActions.Requests;
import io.parley.server.persistence.Database;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a person's own lists, and who has blocked whom. Lists are in the order of the people's ids. */
final class ContactStore {
    private static final String CONTACTS = """
            SELECT contact_id AS user_id, since FROM contacts
             WHERE tenant_id = $1 AND user_id = $2 AND contact_id > $3
             ORDER BY contact_id LIMIT $4""";

    private static final String INCOMING = """
            SELECT from_id AS user_id, 'incoming' AS direction, message, asked_at FROM contact_requests
             WHERE tenant_id = $1 AND to_id = $2 AND again_at IS NULL AND from_id > $3
             ORDER BY from_id LIMIT $4""";

    private static final String OUTGOING = """
            SELECT to_id AS user_id, 'outgoing' AS direction, message, asked_at FROM contact_requests
             WHERE tenant_id = $1 AND from_id = $2 AND again_at IS NULL AND to_id > $3
             ORDER BY to_id LIMIT $4""";

    private static final String BLOCKS = """
            SELECT blocked_id AS user_id, since FROM blocks
             WHERE tenant_id = $1 AND blocker_id = $2 AND blocked_id > $3
             ORDER BY blocked_id LIMIT $4""";

    private static final String BLOCKERS = """
            SELECT ARRAY(SELECT b.blocker_id FROM blocks b
                          WHERE b.tenant_id = p.tenant_id AND b.blocked_id = p.user_id
                          ORDER BY b.blocker_id LIMIT $3) AS blockers,
                   ARRAY(SELECT c.contact_id FROM contacts c
                           JOIN privacy_settings s ON s.tenant_id = c.tenant_id AND s.user_id = c.contact_id
                          WHERE c.tenant_id = p.tenant_id AND c.user_id = p.user_id AND s.last_seen = 'contacts'
                          ORDER BY c.contact_id LIMIT $3) AS confidants,
                   acquaintances(p.tenant_id, p.user_id) AS acquaintances
              FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS p (tenant_id, user_id, ord)
             ORDER BY p.ord""";

    /** Of one person. An answer must have an end, and whoever has more than so many against him needs to see nobody. */
    static final int MOST_BLOCKERS = 10_000;

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Database database;

    ContactStore(Database database) {
        this.database = database;
    }

    Future<Contacts> contacts(ListOwn asked) {
        return rows(CONTACTS, asked.tenant(), asked.user(), asked.limit(), asked.cursor())
                .map(rows -> new Contacts(
                        items(rows, asked.limit(), row -> new Contact(row.getUUID("user_id"), time(row, "since"))),
                        next(rows, asked.limit())));
    }

    Future<Requests> requests(ListRequests asked) {
        String sql = asked.direction().equals("incoming") ? INCOMING : OUTGOING;
        return rows(sql, asked.tenant(), asked.user(), asked.limit(), asked.cursor())
                .map(rows ->
                        new Requests(items(rows, asked.limit(), ContactStore::request), next(rows, asked.limit())));
    }

    private static ContactRequest request(Row row) {
        return new ContactRequest(
                row.getUUID("user_id"), row.getString("direction"), row.getString("message"), time(row, "asked_at"));
    }

    Future<Blocks> blocks(ListOwn asked) {
        return rows(BLOCKS, asked.tenant(), asked.user(), asked.limit(), asked.cursor())
                .map(rows -> new Blocks(
                        items(rows, asked.limit(), row -> new Block(row.getUUID("user_id"), time(row, "since"))),
                        next(rows, asked.limit())));
    }

    private Future<RowSet<Row>> rows(String sql, UUID tenant, UUID user, int limit, @Nullable String cursor) {
        UUID after = cursor == null ? BEFORE_ALL : Ids.parse("cursor", cursor);
        return database.query(sql, Tuple.of(tenant, user, after, limit + 1));
    }

    private static <T> List<T> items(RowSet<Row> rows, int limit, Function<Row, T> item) {
        return rows.stream().limit(limit).map(item).toList();
    }

    private static @Nullable String next(RowSet<Row> rows, int limit) {
        return rows.size() <= limit
                ? null
                : rows.stream()
                        .skip(limit - 1L)
                        .findFirst()
                        .map(row -> row.getUUID("user_id").toString())
                        .orElse(null);
    }

    private static Instant time(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    Future<Blockers> blockers(People asked) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(ids(asked, Person::tenant))
                .addArrayOfUUID(ids(asked, Person::user))
                .addInteger(MOST_BLOCKERS + 1);
        return database.query(BLOCKERS, parameters)
                .map(rows ->
                        new Blockers(rows.stream().map(ContactStore::blockedBy).toList()));
    }

    private static UUID[] ids(People asked, Function<Person, UUID> id) {
        return asked.people().stream().map(id).toArray(UUID[]::new);
    }

    private static BlockedBy blockedBy(Row row) {
        UUID[] blockers = row.getArrayOfUUIDs("blockers");
        List<UUID> confidants = List.of(row.getArrayOfUUIDs("confidants"));
        UUID[] known = row.getArrayOfUUIDs("acquaintances");
        List<UUID> acquaintances = known == null ? null : List.of(known);
        return blockers.length > MOST_BLOCKERS
                ? new BlockedBy(List.of(), true, confidants, acquaintances)
                : new BlockedBy(List.of(blockers), false, confidants, acquaintances);
    }
}

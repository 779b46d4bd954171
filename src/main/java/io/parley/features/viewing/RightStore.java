package io.parley.features.viewing;

import io.parley.features.viewing.ViewingActions.Person;
import io.parley.features.viewing.ViewingActions.Persons;
import io.parley.features.viewing.ViewingActions.Right;
import io.parley.features.viewing.ViewingActions.Rights;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads who may look into a conversation, and may be shown there. Who is invisible, does not tell everybody when he was
 * last there or does not share what he reads is not shown to anybody: to look is all of these.
 */
final class RightStore {
    private static final String RIGHTS = """
            SELECT c.root_id,
                   coalesce((SELECT p.status <> 'invisible' FROM presence_choices p
                              WHERE p.tenant_id = q.tenant_id AND p.user_id = q.user_id), true)
                   AND coalesce((SELECT s.last_seen = 'everybody' AND s.read_receipts FROM privacy_settings s
                                  WHERE s.tenant_id = q.tenant_id AND s.user_id = q.user_id), true)
                   AND CASE (SELECT r.type FROM conversations r WHERE r.id = c.root_id)
                       WHEN 'direct' THEN NOT EXISTS (
                            SELECT FROM members o
                             WHERE o.conversation_id = c.root_id AND o.user_id <> q.user_id
                               AND (blocked_between(q.tenant_id, o.user_id, q.user_id)
                                 OR blocked_between(q.tenant_id, q.user_id, o.user_id)))
                       ELSE true END AS shown
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
                   AS q (tenant_id, user_id, conversation_id, ord)
              LEFT JOIN LATERAL (
                   SELECT c.root_id
                     FROM conversations c
                     JOIN members me ON me.conversation_id = c.root_id AND me.user_id = q.user_id AND me.active
                    WHERE c.id = q.conversation_id AND c.tenant_id = q.tenant_id AND c.status = 'active'
                    LIMIT 1) c ON true
             ORDER BY q.ord""";

    private final Database database;

    RightStore(Database database) {
        this.database = database;
    }

    Future<Rights> rights(Persons asked) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(ids(asked, Person::tenant))
                .addArrayOfUUID(ids(asked, Person::user))
                .addArrayOfUUID(ids(asked, Person::conversation));
        return database.query(RIGHTS, parameters)
                .map(rows -> new Rights(rows.stream()
                        .map(row -> new Right(row.getUUID("root_id"), row.getBoolean("shown")))
                        .toList()));
    }

    private static UUID[] ids(Persons asked, Function<Person, UUID> id) {
        return asked.people().stream().map(id).toArray(UUID[]::new);
    }
}

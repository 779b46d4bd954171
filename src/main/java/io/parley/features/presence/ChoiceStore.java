package io.parley.features.presence;

import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Choices;
import io.parley.features.presence.PresenceActions.Choose;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** What people have chosen to show, in the table {@code presence_choices}. */
final class ChoiceStore {
    private static final String CHOOSE = """
            INSERT INTO presence_choices AS c (tenant_id, user_id, status) VALUES ($1, $2, $3)
            ON CONFLICT (tenant_id, user_id) DO UPDATE
               SET status = excluded.status,
                   revision = greatest(c.revision + 1, excluded.revision),
                   changed_at = CASE WHEN c.status = excluded.status THEN c.changed_at ELSE excluded.changed_at END
            RETURNING tenant_id, user_id, status, revision, changed_at""";

    private static final String CHOICES = """
            SELECT c.tenant_id, c.user_id, c.status, c.revision, c.changed_at
              FROM unnest($1::uuid[], $2::uuid[]) AS asked (tenant_id, user_id)
              JOIN presence_choices c USING (tenant_id, user_id)""";

    private final Database database;

    ChoiceStore(Database database) {
        this.database = database;
    }

    Future<Choice> choose(Choose asked) {
        return database.query(CHOOSE, Tuple.of(asked.tenant(), asked.user(), asked.status()))
                .map(rows -> choice(rows.iterator().next()));
    }

    Future<Choices> choices(People asked) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfUUID(asked.people().stream().map(Person::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(asked.people().stream().map(Person::user).toArray(UUID[]::new));
        return database.query(CHOICES, parameters)
                .map(rows -> new Choices(rows.stream().map(ChoiceStore::choice).toList()));
    }

    private static Choice choice(Row row) {
        return new Choice(
                row.getUUID("tenant_id"),
                row.getUUID("user_id"),
                row.getString("status"),
                row.getLong("revision"),
                row.getOffsetDateTime("changed_at").toInstant());
    }
}

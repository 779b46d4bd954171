package io.parley.features.scheduled;

import io.parley.features.scheduled.ReminderActions.ListAll;
import io.parley.features.scheduled.ReminderActions.Put;
import io.parley.features.scheduled.ReminderActions.Reminder;
import io.parley.features.scheduled.ReminderActions.Reminders;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledStore.Changed;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** The table {@code reminders}; what changes it are functions of the database. */
final class ReminderStore {
    private static final String LIST = """
            SELECT r.* FROM reminders r
             WHERE r.tenant_id = $1 AND r.user_id = $2 AND ($3::uuid IS NULL OR r.id = $3)
             ORDER BY r.due_at, r.id""";

    private static final String RING = """
            SELECT d.user_version, (d.reminder).* FROM ring_reminders($1) d ORDER BY d.user_version""";

    private final Database database;

    ReminderStore(Database database) {
        this.database = database;
    }

    /** A reminder that has become due, with the version that this took of its person. */
    record Rung(UUID user, long userVersion, Reminder reminder) {}

    Future<Changed> put(Put asked, int most) {
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                asked.id(),
                asked.conversation(),
                asked.message(),
                asked.note(),
                ScheduledStore.time(asked.due()),
                asked.due().timeZone(),
                most);
        return database.query("SELECT * FROM put_reminder($1, $2, $3, $4, $5, $6, $7, $8, $9)", parameters)
                .map(Changed::of);
    }

    Future<Changed> drop(One one) {
        return database.query("SELECT * FROM drop_reminder($1, $2, $3)", Tuple.of(one.tenant(), one.user(), one.id()))
                .map(Changed::of);
    }

    Future<Reminders> list(ListAll asked) {
        return database.query(LIST, Tuple.of(asked.tenant(), asked.user(), null))
                .map(rows ->
                        new Reminders(rows.stream().map(ReminderStore::reminder).toList(), null));
    }

    Future<Reminder> get(One one) {
        return database.query(LIST, Tuple.of(one.tenant(), one.user(), one.id()))
                .map(rows ->
                        rows.stream().findFirst().map(ReminderStore::reminder).orElseThrow(AppError::notFound));
    }

    Future<List<Rung>> ring(int most) {
        return database.query(RING, Tuple.of(most))
                .map(rows -> rows.stream()
                        .map(row -> new Rung(row.getUUID("user_id"), row.getLong("user_version"), reminder(row)))
                        .toList());
    }

    private static Reminder reminder(Row row) {
        return new Reminder(
                row.getUUID("id"),
                row.getUUID("conversation_id"),
                row.getUUID("message_id"),
                row.getString("note"),
                row.getOffsetDateTime("due_at").toInstant(),
                row.getString("time_zone"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getString("state"));
    }
}

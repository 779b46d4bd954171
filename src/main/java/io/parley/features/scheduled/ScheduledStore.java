package io.parley.features.scheduled;

import io.parley.features.messages.MessageDraft;
import io.parley.features.scheduled.ScheduledActions.ListOwn;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledActions.Reschedule;
import io.parley.features.scheduled.ScheduledActions.Schedule;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessage;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessages;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code scheduled_messages}; what changes it are functions of the database. */
final class ScheduledStore {
    private static final String COLUMNS = """
            SELECT s.tenant_id, s.user_id, s.id, s.conversation_id, s.draft, s.due_at, s.time_zone, s.created_at, s.state,
                   s.failure
              FROM \
            """;

    private static final String LIST = COLUMNS + """
            scheduled_messages s WHERE s.tenant_id = $1 AND s.user_id = $2 AND ($3::uuid IS NULL OR s.id = $3)
             ORDER BY s.due_at, s.id""";

    private static final String TAKE = COLUMNS + "take_due_messages($1) s ORDER BY s.due_at, s.id";

    private final Database database;

    ScheduledStore(Database database) {
        this.database = database;
    }

    /** What became of a change; the version is given for {@code ok} only. */
    record Changed(String outcome, @Nullable Long userVersion) {
        static Changed of(RowSet<Row> rows) {
            Row row = rows.iterator().next();
            return new Changed(row.getString("outcome"), row.getLong("user_version"));
        }
    }

    /** A message whose time has come. */
    record Taken(UUID tenant, UUID user, ScheduledMessage message) {}

    Future<Changed> schedule(Schedule asked, int most) {
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                asked.draft().id(),
                asked.conversation(),
                Json.text(asked.draft()),
                time(asked.due()),
                asked.due().timeZone(),
                most);
        return database.query("SELECT * FROM schedule_message($1, $2, $3, $4, $5, $6, $7, $8)", parameters)
                .map(Changed::of);
    }

    Future<Changed> reschedule(Reschedule asked) {
        Due due = asked.due();
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                asked.id(),
                asked.draft() == null ? null : Json.text(asked.draft()),
                due == null ? null : time(due),
                due == null ? null : due.timeZone());
        return database.query("SELECT * FROM reschedule_message($1, $2, $3, $4, $5, $6)", parameters)
                .map(Changed::of);
    }

    /** @param sent whether it was sent; else the person does not want it sent */
    Future<Changed> remove(One one, boolean sent) {
        return database.query(
                        "SELECT * FROM unschedule_message($1, $2, $3, $4)",
                        Tuple.of(one.tenant(), one.user(), one.id(), sent))
                .map(Changed::of);
    }

    /** @return the person's version; null when it was not being sent any more */
    Future<@Nullable Long> fail(One one, String why) {
        return database.query(
                        "SELECT user_version FROM fail_message($1, $2, $3, $4)",
                        Tuple.of(one.tenant(), one.user(), one.id(), why))
                .map(rows -> rows.iterator().next().getLong("user_version"));
    }

    Future<ScheduledMessages> list(ListOwn asked) {
        return database.query(LIST, Tuple.of(asked.tenant(), asked.user(), null))
                .map(rows -> new ScheduledMessages(
                        rows.stream().map(ScheduledStore::message).toList(), null));
    }

    Future<ScheduledMessage> get(One one) {
        return database.query(LIST, Tuple.of(one.tenant(), one.user(), one.id()))
                .map(rows ->
                        rows.stream().findFirst().map(ScheduledStore::message).orElseThrow(AppError::notFound));
    }

    Future<List<Taken>> takeDue(int most) {
        return database.query(TAKE, Tuple.of(most))
                .map(rows -> rows.stream()
                        .map(row -> new Taken(row.getUUID("tenant_id"), row.getUUID("user_id"), message(row)))
                        .toList());
    }

    static OffsetDateTime time(Due due) {
        return due.at().atOffset(ZoneOffset.UTC);
    }

    private static ScheduledMessage message(Row row) {
        return new ScheduledMessage(
                row.getUUID("id"),
                row.getUUID("conversation_id"),
                Json.decode(Buffer.buffer(row.getString("draft")), MessageDraft.class),
                row.getOffsetDateTime("due_at").toInstant(),
                row.getString("time_zone"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getString("state"),
                row.getString("failure"));
    }
}

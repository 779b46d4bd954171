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
import io.parley.support.Fitting;
import io.parley.support.Json;
import io.parley.support.Texts;
import io.parley.support.TimeCursor;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code scheduled_messages}; what changes it are functions of the database. */
final class ScheduledStore {
    private static final String COLUMNS = """
            s.tenant_id, s.user_id, s.id, s.conversation_id, s.draft, s.due_at, s.time_zone, s.created_at, s.state, s.failure
            """;

    private static final String GET = """
            SELECT %s FROM scheduled_messages s WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.id = $3
            """.formatted(COLUMNS);

    private static final String LIST = """
            SELECT %s FROM scheduled_messages s
             WHERE s.tenant_id = $1 AND s.user_id = $2 AND ($3::timestamptz IS NULL OR (s.due_at, s.id) > ($3, $4))
             ORDER BY s.due_at, s.id LIMIT $5""".formatted(COLUMNS);

    private static final String TAKE = """
            SELECT %s, EXISTS (SELECT FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.status = 'active'
                                WHERE u.tenant_id = s.tenant_id AND u.id = s.user_id AND u.status = 'active') AS active
              FROM take_due_messages($1, $2 * interval '1 millisecond') s
             ORDER BY s.due_at, s.id""".formatted(COLUMNS);

    /** It was refused, so that nothing was sent. */
    private static final String LATER = """
            UPDATE scheduled_messages SET state = 'waiting', try_at = clock_timestamp() + $4 * interval '1 millisecond'
             WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND state = 'sending'""";

    /** How long one node has for sending what it took. */
    private static final double LASTING_MS = 10_000;

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

    /**
     * A message whose time has come.
     *
     * @param active whether its person is neither suspended nor gone
     */
    record Taken(UUID tenant, UUID user, boolean active, ScheduledMessage message) {}

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

    /** What was being sent waits again, for a while. */
    Future<Void> later(One one, Duration wait) {
        return database.query(LATER, Tuple.of(one.tenant(), one.user(), one.id(), (double) wait.toMillis()))
                .mapEmpty();
    }

    Future<ScheduledMessages> list(ListOwn asked) {
        TimeCursor after = TimeCursor.orNull(asked.cursor());
        Tuple parameters = Tuple.of(
                asked.tenant(),
                asked.user(),
                after == null ? null : after.offsetTime(),
                after == null ? null : after.id(),
                asked.limit() + 1);
        return database.query(LIST, parameters).map(rows -> page(rows, asked.limit()));
    }

    private static ScheduledMessages page(RowSet<Row> rows, int limit) {
        List<ScheduledMessage> items = Fitting.first(
                        rows.stream().toList(),
                        limit,
                        Fitting.MOST_BYTES,
                        row -> Texts.utf8Length(row.getString("draft")))
                .stream()
                .map(ScheduledStore::message)
                .toList();
        if (rows.size() == items.size()) {
            return new ScheduledMessages(items, null);
        }
        ScheduledMessage last = items.getLast();
        return new ScheduledMessages(items, new TimeCursor(last.at(), last.id()).text());
    }

    Future<ScheduledMessage> get(One one) {
        return database.query(GET, Tuple.of(one.tenant(), one.user(), one.id()))
                .map(rows ->
                        rows.stream().findFirst().map(ScheduledStore::message).orElseThrow(AppError::notFound));
    }

    Future<List<Taken>> takeDue(int most) {
        return database.query(TAKE, Tuple.of(most, LASTING_MS))
                .map(rows -> rows.stream().map(ScheduledStore::taken).toList());
    }

    private static Taken taken(Row row) {
        return new Taken(row.getUUID("tenant_id"), row.getUUID("user_id"), row.getBoolean("active"), message(row));
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

package io.parley.features.scheduled;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.scheduled.ScheduledActions.One;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about reminders. */
public final class ReminderActions {
    public static final Action<Put, Reminder> PUT = Action.of("reminders.put", Put.class, Reminder.class);
    public static final Action<One, Nothing> DROP = Action.of("reminders.drop", One.class, Nothing.class);
    public static final Action<ListAll, Reminders> LIST = Action.of("reminders.list", ListAll.class, Reminders.class);

    private ReminderActions() {}

    /** @param message of that conversation, both or neither; a reminder that is there changes its time alone */
    record Put(
            UUID tenant,
            UUID user,
            UUID id,
            @Nullable UUID conversation,
            @Nullable UUID message,
            @Nullable String note,
            Due due) {}

    record ListAll(UUID tenant, UUID user) {}

    /** @param state {@code waiting} or {@code due} */
    record Reminder(
            UUID id,
            @Nullable UUID conversation,
            @Nullable UUID message,
            @Nullable String note,
            Instant at,
            @Nullable String timeZone,
            Instant createdAt,
            String state) {}

    /** All of one person, the next first: they are few. */
    record Reminders(
            List<Reminder> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}

package io.parley.features.scheduled;

import io.parley.features.scheduled.ReminderActions.Reminder;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessage;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** What a person's devices are told of what is to happen later, as finished frames. */
public final class ScheduledEvents {
    public static final String UPDATED = "scheduled.updated";
    public static final String REMOVED = "scheduled.removed";
    public static final String REMINDER_UPDATED = "reminder.updated";
    public static final String REMINDER_REMOVED = "reminder.removed";

    private ScheduledEvents() {}

    private record Updated(String type, long userVersion, ScheduledMessage scheduled) {}

    private record Removed(String type, long userVersion, UUID id, boolean sent) {}

    private record ReminderUpdated(String type, long userVersion, Reminder reminder) {}

    private record ReminderRemoved(String type, long userVersion, UUID id) {}

    static Buffer updated(long userVersion, ScheduledMessage scheduled) {
        return Json.encode(new Updated(UPDATED, userVersion, scheduled));
    }

    static Buffer removed(long userVersion, UUID id, boolean sent) {
        return Json.encode(new Removed(REMOVED, userVersion, id, sent));
    }

    static Buffer updated(long userVersion, Reminder reminder) {
        return Json.encode(new ReminderUpdated(REMINDER_UPDATED, userVersion, reminder));
    }

    static Buffer reminderRemoved(long userVersion, UUID id) {
        return Json.encode(new ReminderRemoved(REMINDER_REMOVED, userVersion, id));
    }
}

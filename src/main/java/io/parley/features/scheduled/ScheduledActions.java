package io.parley.features.scheduled;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageDraft;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about messages to be sent later. */
public final class ScheduledActions {
    public static final Action<Schedule, ScheduledMessage> SCHEDULE =
            Action.of("scheduled.add", Schedule.class, ScheduledMessage.class);
    public static final Action<Reschedule, ScheduledMessage> RESCHEDULE =
            Action.of("scheduled.change", Reschedule.class, ScheduledMessage.class);
    public static final Action<One, Nothing> CANCEL = Action.of("scheduled.cancel", One.class, Nothing.class);
    public static final Action<ListOwn, ScheduledMessages> LIST =
            Action.of("scheduled.list", ListOwn.class, ScheduledMessages.class);

    private ScheduledActions() {}

    /** @param draft with an id */
    record Schedule(UUID tenant, UUID user, UUID conversation, MessageDraft draft, Due due) {}

    /** @param draft what is to be sent instead, and {@code due} when; null: as before */
    record Reschedule(
            UUID tenant,
            UUID user,
            UUID id,
            @Nullable MessageDraft draft,
            @Nullable Due due) {}

    record One(UUID tenant, UUID user, UUID id) {}

    /** @param cursor the {@code next} of the page before */
    record ListOwn(
            UUID tenant, UUID user, int limit, @Nullable String cursor) {}

    /**
     * A message to be sent.
     *
     * @param failure why it could not be sent; it stays until it is changed or cancelled
     */
    record ScheduledMessage(
            UUID id,
            UUID conversation,
            MessageDraft message,
            Instant at,
            @Nullable String timeZone,
            Instant createdAt,
            String state,
            @Nullable String failure) {}

    /** A page, the next first. */
    record ScheduledMessages(
            List<ScheduledMessage> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}

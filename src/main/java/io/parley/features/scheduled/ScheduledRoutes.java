package io.parley.features.scheduled;

import io.parley.features.messages.MessageDraft;
import io.parley.features.scheduled.ScheduledActions.ListOwn;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledActions.Reschedule;
import io.parley.features.scheduled.ScheduledActions.Schedule;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Scheduled messages and reminders over REST and the WebSocket. */
final class ScheduledRoutes {
    private static final String SCHEDULED = "scheduledId";
    private static final String REMINDER = "reminderId";
    private static final long DEFAULT_LIMIT = 50;

    private final Clock clock;

    private ScheduledRoutes(Clock clock) {
        this.clock = clock;
    }

    static void mount(OperationHost host, Clock clock) {
        ScheduledRoutes routes = new ScheduledRoutes(clock);
        host.operation("scheduleMessage", routes::schedule);
        host.operation("listScheduled", ScheduledRoutes::list);
        host.operation("updateScheduled", routes::reschedule);
        host.operation(
                "cancelScheduled",
                call -> call.bus()
                        .ask(ScheduledActions.CANCEL, one(call, SCHEDULED))
                        .map(done -> Answer.noContent()));
        host.operation("putReminder", routes::remind);
        host.operation(
                "listReminders",
                call -> call.bus().ask(ReminderActions.LIST, all(call)).map(Answer::ok));
        host.operation(
                "dropReminder",
                call -> call.bus()
                        .ask(ReminderActions.DROP, one(call, REMINDER))
                        .map(done -> Answer.noContent()));
    }

    record NewScheduled(
            MessageDraft message,
            @Nullable Instant at,
            @Nullable String localTime,
            @Nullable String timeZone) {}

    record ChangedScheduled(
            @Nullable MessageDraft message,
            @Nullable Instant at,
            @Nullable String localTime,
            @Nullable String timeZone) {}

    record NewReminder(
            @Nullable UUID conversation,
            @Nullable UUID message,
            @Nullable String note,
            @Nullable Instant at,
            @Nullable String localTime,
            @Nullable String timeZone) {}

    private static Future<Answer> list(Call call) {
        ListOwn list = new ListOwn(
                call.principal().tenant(),
                call.principal().user(),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(ScheduledActions.LIST, list).map(Answer::ok);
    }

    private static ReminderActions.ListAll all(Call call) {
        return new ReminderActions.ListAll(
                call.principal().tenant(), call.principal().user());
    }

    private static One one(Call call, String id) {
        return new One(call.principal().tenant(), call.principal().user(), call.id(id));
    }

    private Future<Answer> schedule(Call call) {
        Principal caller = call.principal();
        NewScheduled body = call.body(NewScheduled.class);
        MessageDraft draft = body.message()
                .withId(Objects.requireNonNullElseGet(body.message().id(), Ids::next));
        Due due = Due.of(body.at(), body.localTime(), body.timeZone(), clock.instant());
        call.limits().message(caller);
        Schedule schedule = new Schedule(caller.tenant(), caller.user(), call.id("conversationId"), draft, due);
        return call.bus().ask(ScheduledActions.SCHEDULE, schedule).map(Answer::created);
    }

    private Future<Answer> reschedule(Call call) {
        One one = one(call, SCHEDULED);
        ChangedScheduled body = call.body(ChangedScheduled.class);
        boolean moved = body.at() != null || body.localTime() != null;
        Reschedule change = new Reschedule(
                one.tenant(),
                one.user(),
                one.id(),
                body.message() == null ? null : body.message().withId(one.id()),
                moved ? Due.of(body.at(), body.localTime(), body.timeZone(), clock.instant()) : null);
        return call.bus().ask(ScheduledActions.RESCHEDULE, change).map(Answer::ok);
    }

    private Future<Answer> remind(Call call) {
        One one = one(call, REMINDER);
        NewReminder body = call.body(NewReminder.class);
        if ((body.conversation() == null) != (body.message() == null)) {
            throw AppError.field("message", "required", "conversation and message go together");
        }
        if (body.message() == null && body.note() == null) {
            throw AppError.field("note", "required", "is missing");
        }
        ReminderActions.Put put = new ReminderActions.Put(
                one.tenant(),
                one.user(),
                one.id(),
                body.conversation(),
                body.message(),
                body.note(),
                Due.of(body.at(), body.localTime(), body.timeZone(), clock.instant()));
        return call.bus().ask(ReminderActions.PUT, put).map(Answer::ok);
    }
}

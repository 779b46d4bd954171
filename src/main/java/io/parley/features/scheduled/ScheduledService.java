package io.parley.features.scheduled;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.messages.MessageRules;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledActions.Reschedule;
import io.parley.features.scheduled.ScheduledActions.Schedule;
import io.parley.features.scheduled.ScheduledActions.ScheduledMessage;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.util.Objects;

/** Keeps the lists of messages to be sent later, and tells their persons' devices. */
final class ScheduledService {
    private final Bus bus;
    private final ScheduledStore store;
    private final MessageRules rules;
    private final int most;

    /**
     * @param rules what may be sent at all is refused at once, not when its time has come
     * @param most of one person
     */
    ScheduledService(Bus bus, ScheduledStore store, MessageRules rules, int most) {
        this.bus = bus;
        this.store = store;
        this.rules = rules;
        this.most = most;
    }

    Future<ScheduledMessage> schedule(Schedule asked) {
        rules.content(asked.draft());
        One one = new One(
                asked.tenant(),
                asked.user(),
                Objects.requireNonNull(asked.draft().id()));
        return store.schedule(asked, most).compose(changed -> told(one, changed));
    }

    Future<ScheduledMessage> reschedule(Reschedule asked) {
        if (asked.draft() != null) {
            rules.content(asked.draft());
        }
        One one = new One(asked.tenant(), asked.user(), asked.id());
        return store.reschedule(asked).compose(changed -> told(one, changed));
    }

    private Future<ScheduledMessage> told(One one, ScheduledStore.Changed changed) {
        requireDone(changed.outcome());
        return store.get(one).onSuccess(message -> {
            Long version = changed.userVersion();
            if (version != null) {
                bus.events()
                        .publish(new PersonalFrame(
                                one.user(), version, false, ScheduledEvents.updated(version, message)));
            }
        });
    }

    Future<Nothing> cancel(One asked) {
        return store.remove(asked, false).map(changed -> {
            requireDone(changed.outcome());
            long version = Objects.requireNonNull(changed.userVersion());
            bus.events()
                    .publish(new PersonalFrame(
                            asked.user(), version, false, ScheduledEvents.removed(version, asked.id(), false)));
            return Nothing.NOTHING;
        });
    }

    private void requireDone(String outcome) {
        switch (outcome) {
            case "ok", "unchanged" -> {}
            case "not_found" -> throw AppError.notFound();
            case "conflict" -> throw AppError.of(ErrorCode.CONFLICT, "It is being sent, or its id was used before");
            case "too_many" -> throw AppError.of(ErrorCode.CONFLICT, "At most " + most + " may wait");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        }
    }
}

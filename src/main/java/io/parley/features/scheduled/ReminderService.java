package io.parley.features.scheduled;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.scheduled.ReminderActions.Put;
import io.parley.features.scheduled.ReminderActions.Reminder;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.UUID;

/** Keeps reminders and tells their persons' devices, also when they become due. */
final class ReminderService {
    private static final int AT_ONCE = 500;

    private final Bus bus;
    private final ReminderStore store;
    private final int most;

    /** @param most of one person */
    ReminderService(Bus bus, ReminderStore store, int most) {
        this.bus = bus;
        this.store = store;
        this.most = most;
    }

    Future<Reminder> put(Put asked) {
        return store.put(asked, most).compose(changed -> {
            switch (changed.outcome()) {
                case "ok", "unchanged" -> {}
                case "not_found" -> throw AppError.notFound();
                case "too_many" -> throw AppError.of(ErrorCode.CONFLICT, "At most " + most + " may wait");
                default -> throw new IllegalStateException("unknown outcome " + changed.outcome());
            }
            return store.get(new One(asked.tenant(), asked.user(), asked.id())).onSuccess(reminder -> {
                Long version = changed.userVersion();
                if (version != null) {
                    tell(asked.user(), version, ScheduledEvents.updated(version, reminder));
                }
            });
        });
    }

    Future<Nothing> drop(One asked) {
        return store.drop(asked).map(changed -> {
            if (changed.outcome().equals("not_found")) {
                throw AppError.notFound();
            }
            long version = Objects.requireNonNull(changed.userVersion());
            tell(asked.user(), version, ScheduledEvents.reminderRemoved(version, asked.id()));
            return Nothing.NOTHING;
        });
    }

    /** Those whose time has come; done by one of all nodes. */
    Future<Void> ring() {
        return store.ring(AT_ONCE).map(due -> {
            due.forEach(rung -> tell(
                    rung.user(), rung.userVersion(), ScheduledEvents.updated(rung.userVersion(), rung.reminder())));
            return null;
        });
    }

    private void tell(UUID user, long version, Buffer event) {
        bus.events().publish(new PersonalFrame(user, version, false, event));
    }
}

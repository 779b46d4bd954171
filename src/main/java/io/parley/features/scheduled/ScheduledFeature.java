package io.parley.features.scheduled;

import io.parley.features.messages.MessageRules;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.Config;
import java.time.Clock;
import java.time.Duration;

/** Scheduled messages and reminders: what they hand to each host. */
public final class ScheduledFeature implements Feature {
    private static final long LOOK_EVERY_MS = 1_000;

    private final Config config;
    private final Clock clock;

    public ScheduledFeature(Config config) {
        this(config, Clock.systemUTC());
    }

    ScheduledFeature(Config config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void persistence(PersistenceHost host) {
        ScheduledStore scheduled = new ScheduledStore(host.database());
        ScheduledService service = new ScheduledService(
                host.bus(),
                scheduled,
                new MessageRules(config.limits()),
                config.limits().scheduledMessages());
        host.answer(ScheduledActions.SCHEDULE, service::schedule);
        host.answer(ScheduledActions.RESCHEDULE, service::reschedule);
        host.answer(ScheduledActions.CANCEL, service::cancel);
        host.answer(ScheduledActions.LIST, scheduled::list);
        ReminderStore reminders = new ReminderStore(host.database());
        ReminderService reminding =
                new ReminderService(host.bus(), reminders, config.limits().scheduledMessages());
        host.answer(ReminderActions.PUT, reminding::put);
        host.answer(ReminderActions.DROP, reminding::drop);
        host.answer(ReminderActions.LIST, reminders::list);
    }

    @Override
    public void operations(OperationHost host) {
        ScheduledRoutes.mount(host, clock);
    }

    @Override
    public void jobs(JobsHost host) {
        ScheduledSender sender = new ScheduledSender(
                host.bus(),
                new ScheduledStore(host.database()),
                clock,
                Duration.ofHours(config.limits().scheduledLateHours()));
        host.onceEvery("scheduled messages", LOOK_EVERY_MS, sender::step);
        ReminderService reminders = new ReminderService(
                host.bus(), new ReminderStore(host.database()), config.limits().scheduledMessages());
        host.onceEvery("reminders", LOOK_EVERY_MS, reminders::ring);
    }
}

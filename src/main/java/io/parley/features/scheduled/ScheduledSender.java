package io.parley.features.scheduled;

import io.parley.bus.Bus;
import io.parley.bus.PersonalFrame;
import io.parley.features.messages.MessageActions;
import io.parley.features.scheduled.ScheduledActions.One;
import io.parley.features.scheduled.ScheduledStore.Taken;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due, on one of all nodes. A message is sent with the id that it has had from the beginning, so that one
 * which was sent by a node that died before it could note so is sent again and stored once. What cannot be sent says so
 * in its person's list; what has to wait (slow mode, the database) is tried again after a while, behind what others have
 * due. A system that was down sends late, up to a time after which a message is more likely to confuse.
 */
final class ScheduledSender {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledSender.class);
    private static final int AT_ONCE = 200;
    private static final String TOO_LATE = "too_late";

    /** After these nobody knows whether it was sent. */
    private static final Set<ErrorCode> UNKNOWN = EnumSet.of(ErrorCode.UNAVAILABLE, ErrorCode.INTERNAL);

    private final Bus bus;
    private final ScheduledStore store;
    private final Clock clock;
    private final Duration latest;

    /** @param latest by how much a message may be sent too late */
    ScheduledSender(Bus bus, ScheduledStore store, Clock clock, Duration latest) {
        this.bus = bus;
        this.store = store;
        this.clock = clock;
        this.latest = latest;
    }

    Future<Void> step() {
        return store.takeDue(AT_ONCE).compose(this::send);
    }

    private Future<Void> send(List<Taken> due) {
        return Future.join(due.stream().map(this::send).toList()).mapEmpty();
    }

    private Future<Void> send(Taken due) {
        One one = new One(due.tenant(), due.user(), due.message().id());
        if (due.message().at().isBefore(clock.instant().minus(latest))) {
            return failed(one, TOO_LATE);
        }
        if (!due.active()) {
            return failed(one, ErrorCode.ACCOUNT_SUSPENDED.word());
        }
        MessageActions.Send send = new MessageActions.Send(
                due.tenant(),
                due.user(),
                due.message().conversation(),
                due.message().message(),
                System.nanoTime());
        return bus.ask(MessageActions.SEND, send.conversation(), send)
                .transform(sent -> sent.succeeded() ? sent(one) : notSent(one, sent.cause()));
    }

    private Future<Void> sent(One one) {
        return store.remove(one, true).map(changed -> {
            Long version = changed.userVersion();
            if (version != null) {
                bus.events()
                        .publish(new PersonalFrame(
                                one.user(), version, false, ScheduledEvents.removed(version, one.id(), true)));
            }
            return null;
        });
    }

    private Future<Void> notSent(One one, @Nullable Throwable cause) {
        if (!(cause instanceof AppError refused) || UNKNOWN.contains(refused.code())) {
            LOG.warn("scheduled message {} is tried again: {}", one.id(), String.valueOf(cause));
            return Future.succeededFuture();
        }
        if (refused.code() == ErrorCode.RATE_LIMITED) {
            return store.later(one, Duration.ofMillis(Objects.requireNonNullElse(refused.retryAfterMs(), 1_000L)));
        }
        return failed(one, refused.code().word());
    }

    private Future<Void> failed(One one, String why) {
        return store.fail(one, why)
                .compose(version -> version == null
                        ? Future.succeededFuture()
                        : store.get(one)
                                .onSuccess(message -> bus.events()
                                        .publish(new PersonalFrame(
                                                one.user(), version, false, ScheduledEvents.updated(version, message))))
                                .mapEmpty());
    }
}

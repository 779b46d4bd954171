package io.parley.features.presence;

import io.parley.features.presence.PresenceActions.Beat;
import io.parley.features.presence.PresenceActions.Doing;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Report;
import io.parley.features.presence.PresenceActions.Reported;
import io.parley.features.presence.PresenceActions.Sight;
import io.parley.server.session.Caller;
import io.parley.support.Ids;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Reports the sessions of one event loop: who has one, and whether anything is done on it. It reports as a place that
 * must show that it lives; when anything goes wrong, or the place is not known any more, it begins anew as another place
 * and reports everything again. What the old one has reported, or will still be found to have reported, ends by itself.
 *
 * <p>One report is under way, so they arrive in order; what changes meanwhile goes into the next, each session as it
 * stands then. Nothing waits for it. Lives on the event loop.
 */
final class Attendance {
    static final long BEAT_MS = 3_000;
    private static final int MOST_AT_ONCE = 500;

    /** What has got lost in whatever way is put right after this. */
    private static final long CHECK_ALL_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Function<Beat, Future<Pulse>> beat;
    private final Function<Report, Future<Reported>> report;
    private final Pulses listener;
    private final LongSupplier nanoTime;
    private final long awayAfterNanos;
    private final Map<UUID, Seat> seats = new HashMap<>();
    private final Set<Seat> changed = new LinkedHashSet<>();
    private UUID place = Ids.next();
    private boolean known;
    private boolean beating;
    private boolean reporting;

    /** Some could not enter: they are reported again after the next beat. */
    private boolean waiting;

    private long checkedAt;

    /** Hears whether presence can be asked at all. */
    interface Pulses {
        void heard(Pulse pulse);

        void unheard();
    }

    private static final class Seat {
        final Caller session;
        long activeAt;
        boolean away;
        boolean gone;

        /** It may have been reported from this place. */
        boolean reported;

        /** What its person has chosen must be looked up. */
        boolean entering = true;

        Seat(Caller session, long now) {
            this.session = session;
            this.activeAt = now;
        }

        Sight sight(long now) {
            Doing doing = gone ? Doing.GONE : away ? Doing.AWAY : Doing.ONLINE;
            long idleMs = TimeUnit.NANOSECONDS.toMillis(now - activeAt);
            return new Sight(
                    session.principal().tenant(),
                    session.principal().user(),
                    session.session(),
                    doing,
                    idleMs,
                    entering && !gone);
        }
    }

    Attendance(
            Function<Beat, Future<Pulse>> beat,
            Function<Report, Future<Reported>> report,
            Pulses listener,
            long awayAfterMs,
            LongSupplier nanoTime) {
        this.beat = beat;
        this.report = report;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.awayAfterNanos = TimeUnit.MILLISECONDS.toNanos(awayAfterMs);
        this.checkedAt = nanoTime.getAsLong();
    }

    void began(Caller session) {
        Seat seat = new Seat(session, nanoTime.getAsLong());
        seats.put(session.session(), seat);
        changed(seat);
    }

    /** Somebody did something on the device. */
    void active(Caller session) {
        Seat seat = seats.get(session.session());
        if (seat != null) {
            seat.activeAt = nanoTime.getAsLong();
            if (seat.away) {
                seat.away = false;
                changed(seat);
            }
        }
    }

    /** The device says that nobody is before it; until something is done on it. */
    void away(Caller session) {
        Seat seat = seats.get(session.session());
        if (seat != null && !seat.away) {
            seat.away = true;
            changed(seat);
        }
    }

    void ended(Caller session) {
        Seat seat = seats.remove(session.session());
        if (seat != null) {
            seat.gone = true;
            if (seat.reported) {
                changed(seat);
            } else {
                changed.remove(seat);
            }
        }
    }

    private void changed(Seat seat) {
        changed.add(seat);
        report();
    }

    /** Called often compared with the time after which a device is away. */
    void look() {
        long now = nanoTime.getAsLong();
        for (Seat seat : seats.values()) {
            if (!seat.away && now - seat.activeAt >= awayAfterNanos) {
                seat.away = true;
                changed.add(seat);
            }
        }
        if (now - checkedAt >= CHECK_ALL_NANOS) {
            checkedAt = now;
            seats.values().forEach(seat -> {
                seat.entering = true;
                changed.add(seat);
            });
        }
        report();
    }

    /** Called every {@link #BEAT_MS}. */
    void beat() {
        if (beating) {
            return;
        }
        beating = true;
        UUID beaten = place;
        beat.apply(new Beat(beaten, !known))
                .onComplete(any -> beating = false)
                .onSuccess(pulse -> heard(beaten, pulse))
                .onFailure(silence -> {
                    beginAnew();
                    listener.unheard();
                });
    }

    private void heard(UUID beaten, Pulse pulse) {
        listener.heard(pulse);
        if (!beaten.equals(place)) {
            return;
        }
        if (pulse.known()) {
            known = true;
            waiting = false;
            report();
        } else {
            beginAnew();
            beat();
        }
    }

    private void beginAnew() {
        if (known) {
            known = false;
            place = Ids.next();
            changed.clear();
            seats.values().forEach(seat -> {
                seat.reported = false;
                seat.entering = true;
                changed.add(seat);
            });
        }
    }

    private void report() {
        if (!known || waiting || reporting || changed.isEmpty()) {
            return;
        }
        reporting = true;
        UUID from = place;
        List<Seat> batch = take();
        batch.forEach(seat -> seat.reported = true);
        long now = nanoTime.getAsLong();
        List<Sight> sights = batch.stream().map(seat -> seat.sight(now)).toList();
        report.apply(new Report(from, sights)).onComplete(answer -> {
            reporting = false;
            if (from.equals(place)) {
                reported(batch, answer);
            }
            report();
        });
    }

    private List<Seat> take() {
        List<Seat> batch = new ArrayList<>();
        var oldest = changed.iterator();
        while (oldest.hasNext() && batch.size() < MOST_AT_ONCE) {
            batch.add(oldest.next());
            oldest.remove();
        }
        return batch;
    }

    private void reported(List<Seat> batch, AsyncResult<Reported> answer) {
        if (answer.failed() || !answer.result().known()) {
            beginAnew();
        } else if (answer.result().entered()) {
            batch.stream().filter(seat -> !changed.contains(seat)).forEach(seat -> seat.entering = false);
        } else {
            waiting = true;
            batch.stream().filter(seat -> seat.entering && !seat.gone).forEach(changed::add);
        }
    }
}

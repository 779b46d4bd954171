package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.presence.PresenceActions.Beat;
import io.parley.features.presence.PresenceActions.Doing;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Report;
import io.parley.features.presence.PresenceActions.Reported;
import io.parley.support.AppError;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is reported ends up as what is, whatever is lost, late or forgotten on the way. */
class AttendanceTest {
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());
    private static final long AWAY_MS = 60_000;

    private final Random random = new Random(SEED);
    private final Deque<Asked<Beat, Pulse>> beats = new ArrayDeque<>();
    private final Deque<Asked<Report, Reported>> reports = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private long now;
    private final Attendance attendance = new Attendance(
            asked -> ask(beats, asked),
            asked -> ask(reports, asked),
            new Attendance.Pulses() {
                @Override
                public void heard(Pulse pulse) {
                    heard.add("pulse");
                }

                @Override
                public void unheard() {
                    heard.add("silence");
                }
            },
            AWAY_MS,
            () -> now);

    /** What Redis would have: by place, and which places live. */
    private final Map<UUID, Map<UUID, Doing>> kept = new HashMap<>();

    private final Set<UUID> living = new HashSet<>();
    private final List<Guest> guests = new ArrayList<>();
    private final Map<UUID, Long> activeAt = new HashMap<>();
    private boolean databaseGone;

    private record Asked<I, O>(I question, Promise<O> answer) {}

    private static <I, O> Future<O> ask(Deque<Asked<I, O>> all, I question) {
        Asked<I, O> asked = new Asked<>(question, Promise.promise());
        all.add(asked);
        return asked.answer().future();
    }

    private Guest come() {
        Guest guest = new Guest(new UUID(0, 1), Ids.next());
        guests.add(guest);
        activeAt.put(guest.session(), now);
        attendance.began(guest);
        return guest;
    }

    private void leave(Guest guest) {
        guests.remove(guest);
        attendance.ended(guest);
    }

    private void answerBeat() {
        Asked<Beat, Pulse> asked = beats.remove();
        Beat beat = asked.question();
        boolean known = beat.begin() || living.contains(beat.place());
        if (known) {
            living.add(beat.place());
        }
        asked.answer().complete(new Pulse(known, 1, false));
    }

    private void answerReport() {
        Asked<Report, Reported> asked = reports.remove();
        asked.answer().complete(apply(asked.question()));
    }

    private Reported apply(Report report) {
        if (!living.contains(report.place())) {
            return new Reported(false, true);
        }
        Map<UUID, Doing> there = kept.computeIfAbsent(report.place(), id -> new HashMap<>());
        report.sights().stream()
                .filter(sight -> !databaseGone || !sight.entering())
                .forEach(sight -> {
                    if (sight.doing() == Doing.GONE) {
                        there.remove(sight.session());
                    } else {
                        there.put(sight.session(), sight.doing());
                    }
                });
        return new Reported(true, !databaseGone);
    }

    /** All is well from now on. */
    private void settle() {
        databaseGone = false;
        for (int i = 0; i < 3; i++) {
            attendance.beat();
            while (!beats.isEmpty() || !reports.isEmpty()) {
                if (!beats.isEmpty()) {
                    answerBeat();
                }
                if (!reports.isEmpty()) {
                    answerReport();
                }
            }
            attendance.look();
        }
    }

    private UUID place() {
        attendance.beat();
        UUID place = beats.getLast().question().place();
        answerBeat();
        return place;
    }

    private Map<UUID, Doing> present() {
        Map<UUID, Doing> present = new HashMap<>();
        guests.forEach(guest -> present.put(
                guest.session(),
                now - activeAt.get(guest.session()) >= TimeUnit.MILLISECONDS.toNanos(AWAY_MS)
                        ? Doing.AWAY
                        : Doing.ONLINE));
        return present;
    }

    @Test
    void manyWhoComeAtOnceAreReportedInFewReportsOfWhichOneIsUnderWay() {
        attendance.beat();
        answerBeat();
        for (int i = 0; i < 1_200; i++) {
            come();
        }
        List<Integer> sizes = new ArrayList<>();
        while (!reports.isEmpty()) {
            assertThat(reports).hasSize(1);
            sizes.add(reports.element().question().sights().size());
            answerReport();
        }

        assertThat(sizes).containsExactly(1, 500, 500, 199);
    }

    @Test
    void whoComesAndGoesBeforeAnybodyWasToldIsNeverReported() {
        Guest guest = come();
        leave(guest);
        attendance.beat();
        answerBeat();

        assertThat(reports).isEmpty();
    }

    @Test
    void aPlaceThatIsTakenForDeadBeginsAnewUnderAnotherName() {
        Guest guest = come();
        settle();
        UUID first = place();
        living.clear();

        settle();

        assertThat(place()).isNotEqualTo(first);
        assertThat(kept.get(place())).containsOnlyKeys(guest.session());
    }

    @Test
    void silenceIsTold() {
        attendance.beat();
        beats.remove().answer().fail(AppError.unavailable("gone"));
        settle();

        assertThat(heard).startsWith("silence", "pulse");
    }

    @Test
    void inTheEndWhatIsReportedIsWhatIs() {
        System.out.println("AttendanceTest: -Dparley.seed=" + SEED);
        for (int round = 0; round < 200; round++) {
            for (int step = random.nextInt(60); step >= 0; step--) {
                step();
            }
            settle();
            assertThat(kept.getOrDefault(place(), Map.of()))
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(present());
        }
    }

    private void step() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> come();
            case 3, 4 -> someGuest(this::leave);
            case 5 ->
                someGuest(guest -> {
                    activeAt.put(guest.session(), now);
                    attendance.active(guest);
                });
            case 6 -> {
                now += TimeUnit.MILLISECONDS.toNanos(random.nextLong(2 * AWAY_MS));
                attendance.look();
            }
            case 7 -> attendance.beat();
            case 8 -> living.clear();
            case 9 -> databaseGone = random.nextInt(3) == 0;
            default -> answerSomething();
        }
    }

    private void someGuest(java.util.function.Consumer<Guest> what) {
        if (!guests.isEmpty()) {
            what.accept(guests.get(random.nextInt(guests.size())));
        }
    }

    /** As it should be, or as when Redis does not answer and has done it nevertheless, or not. */
    private void answerSomething() {
        if (!beats.isEmpty() && random.nextBoolean()) {
            if (random.nextInt(4) > 0) {
                answerBeat();
            } else {
                beats.remove().answer().fail(AppError.unavailable("no beat"));
            }
        } else if (!reports.isEmpty()) {
            if (random.nextInt(4) > 0) {
                answerReport();
            } else {
                Asked<Report, Reported> lost = reports.remove();
                if (random.nextBoolean()) {
                    apply(lost.question());
                }
                lost.answer().fail(AppError.unavailable("no answer"));
            }
        }
    }
}

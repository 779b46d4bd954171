package io.parley.support.testing.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckerTest {
    private static final int RIGHT_RUNS = Integer.getInteger("parley.runs", 100);
    private static final int RUNS_PER_PLANT = 10;
    /** Another start of the seeds: {@code -Dparley.seed=…}; the failing one is in the assertion's text. */
    private static final long FIRST_SEED = Long.getLong("parley.seed", 1);

    @Test
    void acceptsEveryRunOfAServerWithoutMistakes() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RIGHT_RUNS; seed++) {
            Model.Run run = Model.run(seed);

            Verdict verdict = Checker.check(run.histories(), run.truth());

            assertThat(verdict.violations()).as("seed %d: %s", seed, verdict).isEmpty();
            assertThat(verdict.summary().acked()).as("seed %d", seed).isGreaterThan(20);
            assertThat(verdict.summary().deliveries()).as("seed %d", seed).isGreaterThan(100);
            assertThat(verdict.summary().fetchedRanges()).as("seed %d", seed).isGreaterThan(10);
        }
    }

    @ParameterizedTest
    @MethodSource("io.parley.support.testing.checker.Plant#all")
    void findsThePlantedBug(Plant plant) {
        int planted = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS_PER_PLANT; seed++) {
            Optional<Model.Run> run = plant.change().into(Model.run(seed), new Random(seed));
            if (run.isPresent()) {
                planted++;
                Verdict verdict = Checker.check(run.get().histories(), run.get().truth());

                assertThat(verdict.broken()).as("seed %d: %s", seed, verdict).contains(plant.expected());
            }
        }
        assertThat(planted).as("runs in which %s could be planted", plant).isGreaterThan(RUNS_PER_PLANT / 2);
    }

    @Test
    void anEventThatOnlyTheClientsOwnQuestionHealedIsStillMissing() {
        UUID user = UUID.randomUUID();
        UUID room = UUID.randomUUID();
        Copy message = new Copy(UUID.randomUUID(), 1, 2, null, 7, false, false);
        History history = new History(
                "alice",
                user,
                List.of(
                        new Entry.Connected("e", false, 0, List.of(new Head(room, 0, 1, false)), true),
                        new Entry.Ponged(0, List.of(new Head(room, 1, 2, false))),
                        new Entry.Range(room, 1, 2, false, false, List.of(message), List.of()),
                        new Entry.Settled()));
        Membership always = new Membership(List.of(new Membership.Interval(1, Membership.OPEN, 1, Membership.OPEN)));
        Truth truth = new Truth(Map.of(
                room,
                new Truth.Room(
                        room,
                        false,
                        1,
                        2,
                        List.of(message),
                        Map.of(user, always),
                        Map.of(user, new Truth.Mark(0, 0)))));

        Verdict verdict = Checker.check(List.of(history), truth);

        assertThat(verdict.broken()).containsExactly(Invariant.COMPLETE);
        assertThat(verdict.violations().getFirst().detail()).contains("given nothing after version 1");
    }

    @Test
    void aNewEpochVoidsAllPositions() {
        UUID user = UUID.randomUUID();
        UUID room = UUID.randomUUID();
        History history = new History(
                "alice",
                user,
                List.of(
                        new Entry.Connected("before", false, 6, List.of(new Head(room, 8, 9, false)), true),
                        new Entry.Personal(6, 7, "read", List.of(room)),
                        new Entry.Disconnected(1006),
                        new Entry.Connected("restored", true, 2, List.of(new Head(room, 0, 1, false)), true),
                        new Entry.Personal(2, 3, "read", List.of(room)),
                        new Entry.Settled()));
        Membership always = new Membership(List.of(new Membership.Interval(1, Membership.OPEN, 1, Membership.OPEN)));
        Truth truth = new Truth(Map.of(
                room,
                new Truth.Room(
                        room, false, 0, 1, List.of(), Map.of(user, always), Map.of(user, new Truth.Mark(0, 0)))));

        assertThat(Checker.check(List.of(history), truth).violations()).isEmpty();
    }
}

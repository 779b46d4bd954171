package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequencerTest {
    private final Sequencer<Long> sequencer = new Sequencer<>();
    private final List<Long> delivered = new ArrayList<>();

    private void offer(long... versions) {
        for (long version : versions) {
            sequencer.offer(version, version, delivered::add);
        }
    }

    private void startAt(long version) {
        sequencer.startAt(version, delivered::add);
    }

    @Test
    void theNextOneIsDeliveredAndOlderOnesAreDropped() {
        startAt(5);
        offer(6, 6, 5, 1, 7);

        assertThat(delivered).containsExactly(6L, 7L);
        assertThat(sequencer.gap()).isFalse();
    }

    @Test
    void newerOnesWaitForWhatIsLacking() {
        startAt(0);
        offer(3, 2);
        assertThat(delivered).isEmpty();
        assertThat(sequencer.gap()).isTrue();

        offer(1);

        assertThat(delivered).containsExactly(1L, 2L, 3L);
        assertThat(sequencer.gap()).isFalse();
    }

    @Test
    void untilThePositionIsKnownEverythingWaits() {
        offer(7, 5, 6, 9);
        assertThat(delivered).isEmpty();
        assertThat(sequencer.known()).isFalse();
        assertThat(sequencer.gap()).isFalse();

        startAt(5);

        assertThat(delivered).containsExactly(6L, 7L);
        assertThat(sequencer.position()).isEqualTo(7);
        assertThat(sequencer.gap()).isTrue();
    }

    @Test
    void aConversationMayBeKnownFromItsVeryBeginning() {
        startAt(0);

        assertThat(sequencer.known()).isTrue();
        assertThat(sequencer.position()).isZero();
    }

    @Test
    void advancingBackwardsChangesNothing() {
        startAt(5);
        startAt(3);
        offer(4, 5);

        assertThat(delivered).isEmpty();
        assertThat(sequencer.position()).isEqualTo(5);
    }

    @Test
    void whatIsHeldIsBoundedAndTheNewestGiveWay() {
        startAt(0);
        for (long version = 5_000; version >= 2; version--) {
            offer(version);
        }
        offer(1);

        assertThat(delivered)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 1_025).boxed().toList());
    }

    /**
     * Any arrival, with losses, repetitions and repairs: what comes out is every version once and in order, and it
     * comes out as soon as a naive model that remembers everything says that it can.
     */
    @Test
    void whateverHappensTheResultIsStrictlyOneAfterAnother() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            check(new Random(random.nextLong()), "seed " + seed + ", round " + round);
        }
    }

    private static void check(Random random, String description) {
        Sequencer<Long> sequencer = new Sequencer<>();
        List<Long> delivered = new ArrayList<>();
        TreeSet<Long> known = new TreeSet<>();
        long position = -1;
        for (long version : arrivals(random)) {
            if (random.nextInt(20) == 0) {
                long target = random.nextInt(200);
                delivered.add(-target);
                sequencer.advanceTo(target, delivered::add);
                position = Math.max(position, target);
            } else {
                sequencer.offer(version, version, delivered::add);
                known.add(version);
            }
            while (position >= 0 && known.contains(position + 1)) {
                position++;
            }
            assertThat(sequencer.position()).as(description).isEqualTo(position);
            assertThat(sequencer.gap()).as(description).isEqualTo(position >= 0 && known.higher(position) != null);
        }
        assertGapless(delivered, description);
    }

    /** Negative entries say where it was advanced to. */
    private static void assertGapless(List<Long> delivered, String description) {
        long last = -1;
        for (long entry : delivered) {
            if (entry <= 0) {
                last = Math.max(last, -entry);
            } else {
                assertThat(entry).as(description).isEqualTo(last + 1);
                last = entry;
            }
        }
    }

    private static List<Long> arrivals(Random random) {
        List<Long> arrivals = new ArrayList<>();
        for (long version = 1; version <= 200; version++) {
            for (int copies = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2); copies > 0; copies--) {
                arrivals.add(version);
            }
        }
        int disorder = 1 + random.nextInt(arrivals.size());
        for (int from = 0; from < arrivals.size(); from += disorder) {
            Collections.shuffle(arrivals.subList(from, Math.min(arrivals.size(), from + disorder)), random);
        }
        return arrivals;
    }

    @Test
    void whoeverComesLateSendsItBackToWhatHeKnows() {
        startAt(5);
        offer(6, 7);

        sequencer.goBackTo(4);
        assertThat(sequencer.gap()).isTrue();
        offer(5, 6, 7);

        assertThat(delivered).containsExactly(6L, 7L, 5L, 6L, 7L);
        assertThat(sequencer.gap()).isFalse();
    }

    @Test
    void whatWasBeforeTheStartWasNotDelivered() {
        startAt(5);
        offer(6);

        assertThat(List.of(sequencer.delivered(5), sequencer.delivered(6), sequencer.delivered(7)))
                .containsExactly(false, true, false);
    }

    /** He has heard 8 before it went back, and would hear 6 and 7 after it. */
    @Test
    void goingBackForOneDoesNotServeAnotherWhoHasHeardNewer() {
        startAt(7);
        offer(8);

        sequencer.goBackTo(4);

        assertThat(sequencer.startAt(5, delivered::add)).isFalse();
        assertThat(sequencer.startAt(8, delivered::add)).isTrue();
    }
}

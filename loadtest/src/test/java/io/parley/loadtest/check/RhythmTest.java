package io.parley.loadtest.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RhythmTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void anEvenRhythmIsEven() {
        Rhythm even = Rhythm.even(500);

        assertThat(even.offset(0)).isZero();
        assertThat(even.offset(500)).isEqualTo(SECOND);
        assertThat(even.offset(500 * 200)).isEqualTo(200 * SECOND);
        assertThat(even.count(90 * SECOND)).isEqualTo(45_000);
    }

    @Test
    void burstsAreAtTheEndOfEachPeriod() {
        Rhythm bursts = new Rhythm(100, 10 * SECOND, 2 * SECOND, 3);

        assertThat(bursts.offset(800)).isEqualTo(8 * SECOND);
        assertThat(bursts.offset(1_100)).isEqualTo(9 * SECOND);
        assertThat(bursts.offset(1_400)).isEqualTo(10 * SECOND);
        assertThat(bursts.offset(1_500)).isEqualTo(11 * SECOND);
        assertThat(bursts.count(10 * SECOND)).isEqualTo(1_400);
        assertThat(bursts.count(19 * SECOND)).isEqualTo(1_400 + 800 + 300);
    }

    @Test
    void timeNeverGoesBack() {
        Rhythm bursts = new Rhythm(333, 7 * SECOND, SECOND, 4);

        for (int index = 1; index < 20_000; index++) {
            assertThat(bursts.offset(index)).isGreaterThan(bursts.offset(index - 1));
        }
    }
}

package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    private long now = -5 * SECOND;
    private final TokenBucket bucket = new TokenBucket(3, 10, now);

    private long take() {
        return bucket.take(1, now);
    }

    @Test
    void aBurstIsAllowedAndThenTheRate() {
        assertThat(take()).isZero();
        assertThat(take()).isZero();
        assertThat(take()).isZero();
        assertThat(take()).isEqualTo(100);

        now += SECOND / 10;

        assertThat(take()).isZero();
        assertThat(take()).isEqualTo(100);
    }

    @Test
    void whoWaitsAsLongAsToldMayGo() {
        for (int i = 0; i < 100; i++) {
            long wait = take();
            if (wait > 0) {
                now += wait * 1_000_000;
                assertThat(take()).isZero();
            }
            now += i * 1_234_567L;
        }
    }

    @Test
    void silenceIsNotSavedUpBeyondTheBurst() {
        now += 3600 * SECOND;

        assertThat(take() + take() + take()).isZero();
        assertThat(take()).isPositive();
    }

    @Test
    void askingInVainCostsNothing() {
        assertThat(take() + take() + take()).isZero();
        for (int i = 0; i < 99; i++) {
            now += SECOND / 1_000;
            assertThat(take()).isPositive();
        }
        now += SECOND / 1_000;

        assertThat(take()).isZero();
    }

    @Test
    void severalCanBeTakenAtOnceUpToTheBound() {
        now += SECOND;

        assertThat(bucket.take(3, now)).isZero();
        assertThat(bucket.take(3, now)).isEqualTo(300);
        assertThat(bucket.take(2, now + SECOND / 5)).isZero();
    }
}

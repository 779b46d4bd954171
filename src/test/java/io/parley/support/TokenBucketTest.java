package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    private long now = -5 * SECOND;
    private final TokenBucket.Rate rate = TokenBucket.Rate.of(3, 10);
    private final TokenBucket bucket = new TokenBucket(now);

    private long take() {
        return bucket.take(rate, 1, now);
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
    void itGivesAndRefusesAsOneThatIsFilledStepByStep() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            TokenBucket.Rate some = TokenBucket.Rate.of(1 + random.nextInt(50), 1 + random.nextInt(100));
            long capacity = some.most() * some.nanosEach();
            long credit = capacity;
            long clock = random.nextLong();
            TokenBucket tried = new TokenBucket(clock);
            for (int step = 0; step < 500; step++) {
                long pause =
                        random.nextInt(4) == 0 ? (long) (random.nextDouble() * capacity) : random.nextInt(1_000_000);
                clock += pause;
                credit = Math.min(capacity, credit + pause);
                int wanted = 1 + random.nextInt(some.most());
                long lacking = wanted * some.nanosEach() - credit;

                assertThat(tried.take(some, wanted, clock))
                        .as("seed %d, round %d, step %d", seed, round, step)
                        .isEqualTo(lacking <= 0 ? 0 : Math.ceilDiv(lacking, 1_000_000));
                if (lacking <= 0) {
                    credit -= wanted * some.nanosEach();
                }
            }
        }
    }

    @Test
    void ofManyAtOnceNoMoreThanTheBoundAreServed() {
        LongAdder served = new LongAdder();
        TokenBucket.Rate many = TokenBucket.Rate.of(1_000, 1);
        TokenBucket shared = new TokenBucket(now);

        IntStream.range(0, 20_000).parallel().forEach(one -> {
            if (shared.take(many, 1, now) == 0) {
                served.increment();
            }
        });

        assertThat(served.sum()).isEqualTo(1_000);
    }

    @Test
    void theRateMayChangeMeanwhile() {
        TokenBucket.Rate slow = TokenBucket.Rate.perMinute(2);
        TokenBucket.Rate fast = TokenBucket.Rate.perMinute(60);
        assertThat(bucket.take(slow, 2, now)).isZero();
        assertThat(bucket.take(slow, 1, now)).isEqualTo(30_000);

        assertThat(bucket.take(fast, 1, now)).isEqualTo(1_000);
        assertThat(bucket.take(fast, 1, now + SECOND)).isZero();
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        assertThat(bucket.take(rate, 3, now)).isZero();
        bucket.giveBack(rate, 1);

        assertThat(bucket.take(rate, 1, now)).isZero();
        assertThat(bucket.take(rate, 1, now)).isPositive();
    }

    @Test
    void severalCanBeTakenAtOnceUpToTheBound() {
        now += SECOND;

        assertThat(bucket.take(rate, 3, now)).isZero();
        assertThat(bucket.take(rate, 3, now)).isEqualTo(300);
        assertThat(bucket.take(rate, 2, now + SECOND / 5)).isZero();
    }
}

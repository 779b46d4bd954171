package io.parley.server.limits;

import io.parley.server.auth.Principal;
import io.parley.support.ConfigLoader;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What the limits cost for each message and for each command, among 15,000 people of one tenant who have just sent. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LimitsBenchmark {
    private static final int PEOPLE = 15_000;

    private final Metrics metrics = new Metrics();
    private final Limits limits = new Limits(
            ConfigLoader.load(
                            null,
                            Map.of(
                                    "PARLEY_LIMITS_MESSAGESPERMINUTE", "1000000",
                                    "PARLEY_LIMITS_TENANTMESSAGESPERSECOND", "1000000",
                                    "PARLEY_LIMITS_TENANTREQUESTSPERSECOND", "1000000"))
                    .limits(),
            metrics,
            // Fast enough that nothing is ever refused, which would cost more.
            () -> System.nanoTime() * 40);
    private final Principal[] people = new Principal[PEOPLE];

    @State(Scope.Thread)
    public static class Turn {
        int next = Ids.next().hashCode() & 0xfff;

        int next() {
            next = next == PEOPLE - 1 ? 0 : next + 1;
            return next;
        }
    }

    public LimitsBenchmark() {
        UUID tenant = Ids.next();
        for (int i = 0; i < PEOPLE; i++) {
            people[i] = new Principal(tenant, Ids.next(), Instant.MAX);
        }
    }

    @Benchmark
    public void message(Turn turn) {
        limits.message(people[turn.next()]);
    }

    @Benchmark
    @Threads(2)
    public void messagesOfTwoLoops(Turn turn) {
        limits.message(people[turn.next()]);
    }

    @Benchmark
    public void command(Turn turn) {
        limits.request(people[turn.next()]);
    }

    @TearDown
    public void stop() {
        metrics.close();
    }
}

package io.parley.server.persistence;

import io.parley.support.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the batcher costs for each change, with a database that answers at once. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LaneBenchmark {
    private static final int CHANGES = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final Metrics metrics = new Metrics();
    private final LaneQueue lane = new LaneQueue(
            vertx, (sql, parameters) -> Future.failedFuture("there is no database"), 2 * CHANGES, 1_000, 1, metrics);

    /** Numbers, of which any may go together. */
    private static final class Count implements Change<Integer, Integer> {
        @Override
        public String name() {
            return "count";
        }

        @Override
        public int maxBatch() {
            return 256;
        }

        @Override
        public Object key(Integer change) {
            return change;
        }

        @Override
        public Future<List<Integer>> apply(Database database, List<Integer> batch) {
            return Future.succeededFuture(batch);
        }

        @Override
        public void committed(List<Integer> changes, List<Integer> results) {}
    }

    private final Count count = new Count();

    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public void submitAThousand() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(CHANGES);
        loop.runOnContext(ignored -> {
            for (int i = 0; i < CHANGES; i++) {
                lane.submit(count, i).onComplete(outcome -> done.countDown());
            }
        });
        done.await();
    }

    @TearDown
    public void stop() throws Exception {
        vertx.close().await(5, TimeUnit.SECONDS);
        metrics.close();
    }
}

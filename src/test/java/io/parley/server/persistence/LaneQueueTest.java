package io.parley.server.persistence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LaneQueueTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Metrics METRICS = new Metrics();
    private static final long PATIENCE_MS = 300;
    private static final int CAPACITY = 1_000;
    private static final long GATHER_MS = 300;

    private final Throwable data = new PgException("bad", "ERROR", "22P05", "");
    private final Throwable connection = ClosedConnectionException.INSTANCE;
    private final Context loop = VERTX.getOrCreateContext();
    private final List<List<Integer>> calls = new CopyOnWriteArrayList<>();
    private final List<Integer> committed = new CopyOnWriteArrayList<>();
    private final Queue<Function<List<Integer>, Future<List<String>>>> script = new ConcurrentLinkedQueue<>();
    private final Writes writes = new Writes(100);
    private final LaneQueue lane = on(() -> new LaneQueue(
            VERTX,
            (sql, parameters) -> Future.failedFuture("there is no database"),
            CAPACITY,
            PATIENCE_MS,
            GATHER_MS,
            METRICS));

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().await(5, SECONDS);
        METRICS.close();
    }

    /** Writes numbers; what becomes of a call is scripted, and fine where nothing is. */
    private final class Writes implements Change<Integer, String> {
        private final int most;
        private final boolean yields;
        private volatile IntPredicate culprits = change -> false;

        Writes(int most) {
            this(most, false);
        }

        Writes(int most, boolean yields) {
            this.most = most;
            this.yields = yields;
        }

        @Override
        public boolean yields() {
            return yields;
        }

        @Override
        public String name() {
            return "writes";
        }

        @Override
        public int maxBatch() {
            return most;
        }

        @Override
        public Object key(Integer change) {
            return change;
        }

        @Override
        public Future<List<String>> apply(Database database, List<Integer> batch) {
            calls.add(List.copyOf(batch));
            var outcome = script.poll();
            if (outcome != null) {
                return outcome.apply(batch);
            }
            return batch.stream().anyMatch(culprits::test) ? Future.failedFuture(data) : done(batch);
        }

        @Override
        public void committed(List<Integer> changes, List<String> results) {
            for (int i = 0; i < changes.size(); i++) {
                if (!results.get(i).equals("done " + changes.get(i))) {
                    throw new IllegalStateException("not the result of " + changes.get(i));
                }
                committed.add(changes.get(i));
            }
        }
    }

    private static Future<List<String>> done(List<Integer> batch) {
        return Future.succeededFuture(
                batch.stream().map(change -> "done " + change).toList());
    }

    private <T> T on(Supplier<T> task) {
        Promise<T> done = Promise.promise();
        loop.runOnContext(ignored ->
                Future.<T>future(promise -> promise.complete(task.get())).onComplete(done));
        try {
            return done.future().await(5, SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(late);
        }
    }

    private List<Future<String>> submit(Writes kind, int... changes) {
        return on(() -> IntStream.of(changes)
                .mapToObj(change -> lane.submit(kind, change))
                .toList());
    }

    private List<Future<String>> submit(int first, int last) {
        return submit(writes, IntStream.rangeClosed(first, last).toArray());
    }

    private static void settle(List<? extends Future<?>> outcomes) {
        await().until(() -> outcomes.stream().allMatch(Future::isComplete));
    }

    private static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    private static void assertUnavailable(List<Future<String>> outcomes) {
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.cause())
                        .isInstanceOfSatisfying(
                                AppError.class,
                                error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE)));
    }

    /** The next call does not end before the promise does. */
    private Promise<Void> hold() {
        Promise<Void> released = Promise.promise();
        script.add(batch -> released.future().compose(ignored -> done(batch)));
        return released;
    }

    private void fail(Throwable cause) {
        script.add(batch -> Future.failedFuture(cause));
    }

    @Test
    void whatComesInOneTurnGoesIntoOneCallAndEachGetsItsOwnResult() {
        List<Future<String>> outcomes = submit(1, 5);
        settle(outcomes);

        assertThat(calls).containsExactly(numbers(1, 5));
        assertThat(outcomes)
                .extracting(Future::result)
                .containsExactly("done 1", "done 2", "done 3", "done 4", "done 5");
        assertThat(committed).isEqualTo(numbers(1, 5));
    }

    @Test
    void whileACallIsUnderWayTheNextBatchGathers() {
        Promise<Void> first = hold();
        submit(1, 1);
        await().until(() -> calls.size() == 1);
        for (int change = 2; change <= 50; change++) {
            submit(change, change);
        }
        assertThat(calls).hasSize(1);

        first.complete();
        await().until(() -> committed.size() == 50);

        assertThat(calls).containsExactly(numbers(1, 1), numbers(2, 50));
    }

    @Test
    void aBusyLaneLetsWhatIsOnItsWayJoinTheNextCall() {
        settle(submit(1, 3));
        List<Future<String>> later = new ArrayList<>(submit(writes, 4));
        later.addAll(submit(writes, 5));
        settle(later);

        assertThat(calls).containsExactly(numbers(1, 3), numbers(4, 5));
    }

    @Test
    void aCallHoldsNoMoreThanItsKindAllows() {
        settle(submit(1, 250));

        assertThat(calls).containsExactly(numbers(1, 100), numbers(101, 200), numbers(201, 250));
        assertThat(committed).isEqualTo(numbers(1, 250));
    }

    @Test
    void noKindOvertakesAnother() {
        Writes others = new Writes(100);
        List<Future<String>> outcomes = on(() -> List.of(
                lane.submit(writes, 1), lane.submit(writes, 2), lane.submit(others, 3), lane.submit(writes, 4)));
        settle(outcomes);

        assertThat(calls).containsExactly(List.of(1, 2), List.of(3), List.of(4));
        assertThat(committed).containsExactly(1, 2, 3, 4);
    }

    @Test
    void equalKeysNeverGoIntoOneCall() {
        settle(submit(writes, 1, 2, 1, 3, 1, 1));

        assertThat(calls).containsExactly(List.of(1, 2), List.of(1, 3), List.of(1), List.of(1));
    }

    @Test
    void whatIsBadIsHalvedUntilItIsAloneAndTheRestKeepsItsOrder() {
        writes.culprits = change -> change == 13 || change == 14 || change == 77;
        List<Future<String>> outcomes = submit(1, 100);
        settle(outcomes);

        for (int i = 0; i < 100; i++) {
            if (writes.culprits.test(i + 1)) {
                assertThat(outcomes.get(i).cause())
                        .isInstanceOfSatisfying(
                                AppError.class,
                                error -> assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL));
            } else {
                assertThat(outcomes.get(i).result()).isEqualTo("done " + (i + 1));
            }
        }
        List<Integer> good = new ArrayList<>(numbers(1, 100));
        good.removeAll(List.of(13, 14, 77));
        assertThat(committed).isEqualTo(good);
        assertThat(calls).hasSizeLessThan(45);
    }

    @Test
    void aCallThatFailsByTheConnectionIsMadeAgainAsItIs() {
        fail(connection);
        fail(connection);
        List<Future<String>> outcomes = submit(1, 3);
        await().until(() -> !calls.isEmpty());
        submit(4, 4);
        await().until(() -> committed.size() == 4);

        assertThat(calls).containsExactly(numbers(1, 3), numbers(1, 3), numbers(1, 3), numbers(4, 4));
        assertThat(outcomes).allMatch(Future::succeeded);
    }

    @Test
    void whenPatienceIsOverEverythingBehindFailsToo() {
        for (int i = 0; i < 20; i++) {
            fail(connection);
        }
        List<Future<String>> outcomes = new ArrayList<>(submit(1, 150));
        outcomes.addAll(submit(new Writes(5), 200, 201));
        settle(outcomes);
        script.clear();

        assertUnavailable(outcomes);
        assertThat(committed).isEmpty();
        assertThat(calls).containsOnly(numbers(1, 100));

        settle(submit(300, 300));
        assertThat(committed).containsExactly(300);
    }

    /** Or a message would be stored though one before it, of the same sender, was not. */
    @Test
    void whenPatienceEndsInOneHalfTheOtherIsNotApplied() {
        fail(data);
        for (int i = 0; i < 20; i++) {
            fail(connection);
        }
        List<Future<String>> outcomes = submit(1, 4);
        settle(outcomes);
        script.clear();

        assertUnavailable(outcomes);
        assertThat(committed).isEmpty();
        assertThat(calls.subList(1, calls.size())).containsOnly(List.of(1, 2));
    }

    @Test
    void whatWasAppliedBeforePatienceEndedIsAcknowledged() {
        fail(data);
        script.add(LaneQueueTest::done);
        for (int i = 0; i < 20; i++) {
            fail(connection);
        }
        List<Future<String>> outcomes = submit(1, 4);
        settle(outcomes);
        script.clear();

        assertThat(committed).containsExactly(1, 2);
        assertUnavailable(outcomes.subList(2, 4));
    }

    @Test
    void aDefectOfAKindHitsOnlyItsCulprit() {
        script.add(batch -> {
            throw new IllegalStateException("cannot be bound");
        });
        writes.culprits = change -> change == 2;
        List<Future<String>> outcomes = submit(1, 3);
        settle(outcomes);

        assertThat(outcomes).extracting(Future::succeeded).containsExactly(true, false, true);
        assertThat(committed).containsExactly(1, 3);
    }

    @Test
    void aKindThatAnswersTooLittleLeavesNobodyWaiting() {
        script.add(batch -> Future.succeededFuture(List.of("done 1")));
        List<Future<String>> outcomes = submit(1, 3);
        settle(outcomes);

        assertThat(outcomes).allMatch(Future::succeeded);
    }

    @Test
    void whatAKindRefusesIsToldAsItIs() {
        fail(AppError.of(ErrorCode.LAST_OWNER));
        List<Future<String>> outcomes = submit(1, 1);
        settle(outcomes);

        assertThat(((AppError) outcomes.getFirst().cause()).code()).isEqualTo(ErrorCode.LAST_OWNER);
    }

    @Test
    void whatWasCommittedIsAcknowledgedEvenIfItsPublishingFails() {
        script.add(batch -> Future.succeededFuture(List.of("done 1", "not what committed expects", "done 3")));
        List<Future<String>> outcomes = submit(1, 3);
        settle(outcomes);

        assertThat(outcomes).allMatch(Future::succeeded);
        assertThat(committed).containsExactly(1);
    }

    @Test
    void aFullLaneRefusesAtOnceAndKeepsWhatItHas() {
        Promise<Void> first = hold();
        submit(0, 0);
        await().until(() -> calls.size() == 1);
        List<Future<String>> fitting = submit(1, CAPACITY);
        List<Future<String>> tooMany = submit(CAPACITY + 1, CAPACITY + 3);

        assertUnavailable(tooMany);
        assertThat(on(lane::waiting)).isEqualTo(CAPACITY);
        first.complete();
        settle(fitting);

        assertThat(fitting).allMatch(Future::succeeded);
    }

    /** However many they are, others wait for one call of them at most, and they for one of the others. */
    @Test
    void whatYieldsAndWhatDoesNotTakeTurns() {
        Writes patient = new Writes(2, true);
        Writes single = new Writes(1);
        Promise<Void> first = hold();
        List<Future<String>> outcomes = new ArrayList<>(submit(patient, 1, 2));
        await().until(() -> calls.size() == 1);
        outcomes.addAll(submit(patient, 3, 4, 5, 6, 7, 8));
        outcomes.addAll(submit(single, 11, 12));

        on(first::tryComplete);
        settle(outcomes);

        assertThat(calls)
                .containsExactly(List.of(1, 2), List.of(11), List.of(3, 4), List.of(12), List.of(5, 6), List.of(7, 8));
    }

    /** Who asks for both in a row has them done in this order. */
    @Test
    void whatYieldsOvertakesNothing() {
        Writes patient = new Writes(10, true);
        Writes single = new Writes(1);
        Promise<Void> first = hold();
        List<Future<String>> outcomes = new ArrayList<>(submit(single, 1));
        await().until(() -> calls.size() == 1);
        outcomes.addAll(submit(patient, 21));
        outcomes.addAll(submit(single, 2, 3));
        outcomes.addAll(submit(patient, 22, 23));

        on(first::tryComplete);
        settle(outcomes);

        assertThat(calls).containsExactly(List.of(1), List.of(21), List.of(2), List.of(3), List.of(22, 23));
    }

    @Test
    void whatYieldsIsGivenUpWithTheRestAndCounts() {
        Writes patient = new Writes(10, true);
        Promise<Void> first = hold();
        List<Future<String>> outcomes = new ArrayList<>(submit(1, 1));
        await().until(() -> calls.size() == 1);
        List<Future<String>> behind = submit(patient, 21, 22);
        assertThat(lane.waiting()).isEqualTo(2);
        script.add(batch -> Future.failedFuture(connection));

        on(() -> first.tryFail(connection));
        for (int i = 0; i < 100; i++) {
            script.add(batch -> Future.failedFuture(connection));
        }
        outcomes.addAll(behind);
        settle(outcomes);

        assertUnavailable(outcomes);
    }
}

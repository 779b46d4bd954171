package io.parley;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InstancesTest {
    private final Vertx vertx = Vertx.vertx();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicBoolean beforeFails = new AtomicBoolean();

    private final class Worker extends VerticleBase {
        private final int number;

        private Worker(int number) {
            this.number = number;
        }

        @Override
        public Future<?> stop() {
            seen.add("stop " + number);
            return Future.succeededFuture();
        }
    }

    private Instances<Worker> instances(Instances.Hooks<Worker> hooks) {
        return new Instances<>(vertx, Worker::new, hooks);
    }

    private Future<?> before() {
        seen.add("before");
        return beforeFails.get() ? Future.failedFuture("not now") : Future.succeededFuture();
    }

    private static void await(Future<?> future) throws Exception {
        future.await(5, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void whatComesBeforeTheFirstIsDoneOnceItHasSucceeded() throws Exception {
        Instances<Worker> instances = instances(Instances.Hooks.<Worker>none().first(this::before));
        beforeFails.set(true);
        assertThat(catchThrowable(() -> await(instances.resize(2)))).hasMessage("not now");
        assertThat(instances.size()).isZero();

        beforeFails.set(false);
        await(instances.resize(2));
        await(instances.resize(0));
        await(instances.resize(1));

        assertThat(instances.size()).isOne();
        assertThat(seen).containsExactly("before", "before", "stop 1", "stop 0");
    }

    @Test
    void theNewestGoesFirstAndNumbersAreNotGivenAgain() throws Exception {
        List<Integer> drained = new ArrayList<>();
        Instances<Worker> instances = instances(Instances.Hooks.<Worker>none().onLeave(worker -> {
            drained.add(worker.number);
            return Future.succeededFuture();
        }));

        await(instances.resize(3));
        await(instances.resize(1));
        await(instances.resize(2));
        await(instances.resize(0));

        assertThat(drained).containsExactly(2, 1, 3, 0);
    }

    @Test
    void theEndWaitsForAStepUnderWayAndLetsNoMoreBegin() throws Exception {
        Promise<Void> draining = Promise.promise();
        Instances<Worker> instances = instances(Instances.Hooks.<Worker>none().onLeave(worker -> draining.future()));
        await(instances.resize(2));

        Future<Void> shrinking = instances.resize(1);
        Future<Void> growing = instances.resize(9);
        Future<Void> end = instances.undeploy();
        assertThat(end.isComplete()).isFalse();
        draining.complete();

        await(shrinking);
        await(growing);
        await(end);
        assertThat(seen).containsExactly("stop 1", "stop 0");
        assertThat(vertx.deploymentIDs()).isEmpty();
    }
}

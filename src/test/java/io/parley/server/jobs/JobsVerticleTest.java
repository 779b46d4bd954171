package io.parley.server.jobs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Bus;
import io.parley.server.Feature;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobsVerticleTest {
    /** Nobody listens there: what needs the database does not happen. */
    private static final Map<String, String> NOWHERE =
            Map.of("PARLEY_POSTGRES_HOST", "127.0.0.1", "PARLEY_POSTGRES_PORT", "1", "PARLEY_AUTH_KEYS", "conf");

    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final AtomicInteger rounds = new AtomicInteger();

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(5, SECONDS);
        metrics.close();
    }

    private void every(Supplier<Future<Void>> work) throws Exception {
        Feature feature = new Feature() {
            @Override
            public void jobs(JobsHost host) {
                host.every("test", 5, () -> {
                    rounds.incrementAndGet();
                    return work.get();
                });
            }
        };
        vertx.deployVerticle(new JobsVerticle(
                        ConfigLoader.load(null, NOWHERE), Bus.alone(vertx, 1), List.of(feature), metrics))
                .await(5, SECONDS);
    }

    @Test
    void workIsDoneAgainAndAgain() throws Exception {
        every(Future::succeededFuture);

        await().until(() -> rounds.get() >= 3);
    }

    @Test
    void workThatFailsIsTriedAgain() throws Exception {
        every(() -> Future.failedFuture("not now"));

        await().until(() -> rounds.get() >= 3);
    }

    @Test
    void workThatThrowsIsTriedAgain() throws Exception {
        every(() -> {
            throw new IllegalStateException("defect");
        });

        await().until(() -> rounds.get() >= 3);
    }

    @Test
    void workIsNeverDoneTwiceAtOnce() throws Exception {
        Promise<Void> endless = Promise.promise();
        every(endless::future);

        await().until(() -> rounds.get() == 1);
        await().during(Duration.ofMillis(100)).until(() -> rounds.get() == 1);
        assertThat(endless.tryComplete()).isTrue();
    }
}

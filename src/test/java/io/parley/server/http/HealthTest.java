package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Supplier<Future<Void>> WELL = Future::succeededFuture;

    private final AtomicReference<Supplier<Future<Void>>> database = new AtomicReference<>(WELL);
    private final AtomicReference<Supplier<Future<Void>>> redis = new AtomicReference<>(WELL);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aNodeIsReadyWhenItsChecksAreWellAndTellsEach() {
        try (RunningHttp http = start()) {
            HttpResponse<Buffer> response = http.get("/health/ready");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(checks(response)).isEqualTo(Map.of("database", "UP", "redis", "UP"));
        }
    }

    @Test
    void aFatalCheckThatFailsOrHangsOrThrowsMakesItUnready() {
        List<Supplier<Future<Void>>> ways = List.of(
                () -> Future.failedFuture("password of the database"),
                () -> Promise.<Void>promise().future(),
                () -> {
                    throw new IllegalStateException("password of the database");
                });
        for (Supplier<Future<Void>> way : ways) {
            database.set(way);
            try (RunningHttp http = start()) {
                HttpResponse<Buffer> response = http.get("/health/ready");

                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(checks(response)).containsEntry("database", "DOWN").containsEntry("redis", "UP");
                assertThat(response.bodyAsString()).doesNotContain("password");
                assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void aDegradingCheckThatFailsIsToldButDoesNotMakeItUnready() {
        redis.set(() -> Future.failedFuture("gone"));
        try (RunningHttp http = start()) {
            HttpResponse<Buffer> response = http.get("/health/ready");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.bodyAsString()).contains("\"degraded\":true");
        }
    }

    @Test
    void checksRunAtMostOnceASecondAndSeeWhatHasChangedThen() {
        try (RunningHttp http = start()) {
            long before = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                http.get("/health/ready");
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before);
            assertThat(asked.get()).isBetween(1, (int) seconds + 1);

            database.set(() -> Future.failedFuture("gone"));
            await().until(() -> http.get("/health/ready").statusCode() == 503);
            database.set(WELL);
            await().until(() -> http.get("/health/ready").statusCode() == 200);
        }
    }

    @Test
    void eventLoopsAreMeasuredAndAliveOnesPassTheCheck() {
        try (RunningHttp http = start();
                EventLoopLag lag = new EventLoopLag(http.vertx, http.metrics)) {
            await().until(() -> http.metrics.scrape().contains("parley_event_loop_lag_seconds_bucket{le=\"0.001\"} ")
                    && !http.metrics.scrape().contains("parley_event_loop_lag_seconds_count 0\n"));

            assertThat(lag.worst().toSeconds()).isLessThan(5);
            assertThat(lag.check().test().get().succeeded()).isTrue();
        }
    }

    @Test
    void theManagementPortServesFiguresAndHealthAndNothingElse() {
        try (RunningHttp http = start()) {
            var config = new io.parley.support.Config.Management("127.0.0.1", 0);
            ManagementVerticle management = new ManagementVerticle(config, health(), http.metrics);
            RunningHttp.await(http.vertx.deployVerticle(management));
            var client = io.vertx.ext.web.client.WebClient.create(http.vertx);

            var metrics = RunningHttp.await(
                    client.get(management.port(), "127.0.0.1", "/metrics").send());
            var ready = RunningHttp.await(
                    client.get(management.port(), "127.0.0.1", "/health/ready").send());
            var other = RunningHttp.await(
                    client.get(management.port(), "127.0.0.1", "/").send());

            assertThat(metrics.bodyAsString()).contains("# TYPE parley_sessions gauge");
            assertThat(metrics.getHeader("Content-Type")).startsWith("text/plain; version=0.0.4");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(other.statusCode()).isEqualTo(404);
        }
    }

    private RunningHttp start() {
        return new RunningHttp(Map.of(), health());
    }

    private Health health() {
        return new Health(
                List.of(),
                List.of(
                        new Health.Check("database", Health.Severity.FATAL, () -> {
                            asked.incrementAndGet();
                            return database.get().get();
                        }),
                        new Health.Check(
                                "redis",
                                Health.Severity.DEGRADING,
                                () -> redis.get().get())));
    }

    private static Map<String, Object> checks(HttpResponse<Buffer> response) {
        return RunningHttp.json(response).getJsonArray("checks").stream()
                .map(JsonObject.class::cast)
                .collect(java.util.stream.Collectors.toMap(
                        check -> check.getString("id"), check -> check.getString("status")));
    }
}

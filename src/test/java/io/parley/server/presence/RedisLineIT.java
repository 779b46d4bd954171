package io.parley.server.presence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.embedded.RedisEndpoint;
import io.parley.server.redis.RedisConnection;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.parley.support.Secret;
import io.parley.support.testing.TestServers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisLineIT {
    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final Metrics metrics = new Metrics();
    private final RedisEndpoint server = TestServers.shared().redis();
    private final AtomicReference<Config.Redis> address = new AtomicReference<>(real());
    private final AtomicInteger connections = new AtomicInteger();
    private final RedisLine line = new RedisLine(
            () -> {
                connections.incrementAndGet();
                return new RedisConnection(vertx, address.get());
            },
            metrics);

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, SECONDS);
        metrics.close();
    }

    private Config.Redis real() {
        return new Config.Redis("127.0.0.1", server.port(), new Secret(server.password()), false);
    }

    private static Config.Redis elsewhere(int port) {
        return new Config.Redis("127.0.0.1", port, new Secret(""), false);
    }

    /** All are made at once, and all have ended. */
    private List<Future<Response>> calls(int count) throws Exception {
        Promise<List<Future<Response>>> ended = Promise.promise();
        loop.runOnContext(due -> {
            List<Future<Response>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(line.call(api -> api.ping(List.of())));
            }
            Future.join(all).onComplete(any -> ended.complete(all));
        });
        return ended.future().await(20, SECONDS);
    }

    @Test
    void aRedisThatHangsCostsASecondHoweverManyAskAndIsLeftForOneThatAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            address.set(elsewhere(silent.getLocalPort()));
            long before = System.nanoTime();
            List<Future<Response>> all = calls(5_000);

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
            assertThat(all)
                    .allSatisfy(
                            call -> assertThat(((AppError) call.cause()).code()).isEqualTo(ErrorCode.UNAVAILABLE));
            assertThat(metrics.scrape()).contains("parley_redis_unanswered_total 5000.0");
        }
        address.set(real());
        assertThat(calls(10)).allMatch(Future::succeeded);
        assertThat(calls(10)).allMatch(Future::succeeded);
        assertThat(connections).hasValue(2);
    }

    @Test
    void aRedisThatIsNotThereFailsAndIsFoundWhenItComes() throws Exception {
        address.set(elsewhere(freePort()));
        assertThat(calls(3)).allMatch(Future::failed);

        address.set(real());
        assertThat(calls(3)).allMatch(Future::succeeded);
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}

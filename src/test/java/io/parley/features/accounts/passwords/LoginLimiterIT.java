package io.parley.features.accounts.passwords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.server.embedded.RedisEndpoint;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limit as nodes keep it together, in a real Redis. */
class LoginLimiterIT {
    private static final int PER_ACCOUNT = 10;

    private final Vertx vertx = Vertx.vertx();
    private RedisAPI redis;

    @BeforeEach
    void connect() {
        RedisEndpoint server = TestServers.shared().redis();
        redis = client(server.port(), server.password());
        join(redis.flushall(List.of()));
    }

    private RedisAPI client(int port, String password) {
        return RedisAPI.api(Redis.createClient(
                vertx,
                new RedisOptions()
                        .setConnectionString("redis://127.0.0.1:" + port)
                        .setPassword(password)
                        .setMaxPoolWaiting(200)));
    }

    @AfterEach
    void close() {
        join(vertx.close());
    }

    @Test
    void nodesCountTogetherAndManyAttemptsAtOnceAreNotAllLetThrough() {
        LoginLimiter one = limiter();
        LoginLimiter two = limiter();
        List<Future<LoginLimiter.Attempt>> attempts = new ArrayList<>();
        for (int i = 0; i < 4 * PER_ACCOUNT; i++) {
            attempts.add((i % 2 == 0 ? one : two).begin("ada", "10.0.0.1"));
        }
        join(Future.join(attempts).otherwiseEmpty());

        assertThat(attempts).filteredOn(Future::succeeded).hasSize(PER_ACCOUNT);
        assertThat(attempts).filteredOn(Future::failed).allSatisfy(refused -> {
            AppError error = (AppError) refused.cause();
            assertThat(error.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(error.retryAfterMs()).isBetween(890_000L, 900_000L);
        });
    }

    @Test
    void aRightPasswordLetsTheAccountBeginAnewAndGivesTheAddressOneBack() {
        LoginLimiter limiter = limiter();
        for (int i = 1; i < PER_ACCOUNT; i++) {
            join(limiter.begin("ada", "10.0.0.1"));
        }
        join(limiter.begin("ada", "10.0.0.1")).succeeded();

        await().untilAsserted(() -> assertThat(counters()).containsExactly("9"));
        join(limiter.begin("ada", "10.0.0.1")).notMade();
        await().untilAsserted(() -> assertThat(counters()).containsExactlyInAnyOrder("9", "0"));
    }

    @Test
    void namesAndAddressesAreNotReadableInRedisAndEveryCounterExpires() {
        join(limiter().begin("my secret password", "10.0.0.1"));

        List<String> keys = strings(response(redis.keys("*")));
        assertThat(keys).hasSize(2).allSatisfy(key -> {
            assertThat(key).startsWith("parley:login:").doesNotContain("secret").doesNotContain("10.0");
            assertThat(response(redis.pttl(key)).toLong()).isBetween(890_000L, 900_000L);
        });
    }

    @Test
    void aRedisThatIsNotThereNeverOpensTheLimit() throws IOException {
        LoginLimiter limiter = new LoginLimiter(client(freePort(), ""), PER_ACCOUNT, 100);

        List<Future<LoginLimiter.Attempt>> attempts = new ArrayList<>();
        for (int i = 0; i < 3 * PER_ACCOUNT; i++) {
            attempts.add(limiter.begin("ada", "10.0.0.1"));
        }
        join(Future.join(attempts).otherwiseEmpty());

        assertThat(attempts).filteredOn(Future::succeeded).hasSize(PER_ACCOUNT);
    }

    @Test
    void aRedisThatHangsNeverOpensTheLimit() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            LoginLimiter limiter = new LoginLimiter(client(silent.getLocalPort(), ""), PER_ACCOUNT, 100);

            List<Future<LoginLimiter.Attempt>> attempts = new ArrayList<>();
            for (int i = 0; i < 3 * PER_ACCOUNT; i++) {
                attempts.add(limiter.begin("ada", "10.0.0.1"));
            }
            join(Future.join(attempts).otherwiseEmpty());

            assertThat(attempts).filteredOn(Future::succeeded).hasSize(PER_ACCOUNT);
        }
    }

    private LoginLimiter limiter() {
        return new LoginLimiter(redis, PER_ACCOUNT, 100);
    }

    private List<String> counters() {
        List<String> keys = strings(response(redis.keys("*")));
        return strings(response(redis.mget(keys)));
    }

    private static List<String> strings(Response response) {
        List<String> strings = new ArrayList<>();
        response.forEach(item -> strings.add(item.toString()));
        return strings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Response response(Future<@Nullable Response> future) {
        return join(future.map(Objects::requireNonNull));
    }

    private static <T extends @Nullable Object> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}

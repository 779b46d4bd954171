package io.parley.features.accounts.passwords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The limit as one node alone keeps it. */
class LoginLimiterTest {
    private static final int PER_ACCOUNT = 10;
    private static final int PER_ADDRESS = 100;

    private final AtomicLong nanos = new AtomicLong();
    private final LoginLimiter limiter = limiter(null);

    @Test
    void theEleventhWrongPasswordIsRefusedUntilAQuarterOfAnHourAfterTheFirst() {
        begin("ada", "10.0.0.1");
        advance(Duration.ofMinutes(5));
        for (int i = 1; i < PER_ACCOUNT; i++) {
            begin("ada", "10.0.0." + i);
        }

        assertThat(waitOf("ada", "10.0.9.9")).isBetween(599_000L, 600_000L);
        begin("grace", "10.0.9.9");

        advance(Duration.ofMinutes(10).plusMillis(1));
        begin("ada", "10.0.9.9");
    }

    @Test
    void aRightPasswordLetsTheAccountBeginAnew() {
        for (int i = 1; i < PER_ACCOUNT; i++) {
            begin("ada", "10.0.0.1");
        }
        begin("ada", "10.0.0.1").succeeded();

        for (int i = 0; i < PER_ACCOUNT; i++) {
            begin("ada", "10.0.0.1");
        }
        assertThat(waitOf("ada", "10.0.0.1")).isPositive();
    }

    @Test
    void anAddressIsLimitedOverAllAccountsAndNotFreedByOneRightPassword() {
        for (int i = 0; i < PER_ADDRESS - 1; i++) {
            begin("person " + i, "10.0.0.1");
        }
        begin("mallory", "10.0.0.1").succeeded();

        begin("last", "10.0.0.1");
        assertThat(waitOf("next", "10.0.0.1")).isPositive();
        assertThat(waitOf("mallory", "10.0.0.1")).isPositive();
        begin("next", "10.0.0.2");
    }

    @Test
    void anAttemptRefusedForItsAddressDoesNotCountAgainstTheAccount() {
        for (int i = 0; i < PER_ADDRESS; i++) {
            begin("person " + i, "10.0.0.1");
        }
        for (int i = 0; i < 2 * PER_ACCOUNT; i++) {
            waitOf("ada", "10.0.0.1");
        }

        begin("ada", "10.0.0.2");
    }

    @Test
    void anAttemptThatWasNotMadeDoesNotCount() {
        for (int i = 0; i < 10 * PER_ADDRESS; i++) {
            begin("ada", "10.0.0.1").notMade();
        }
    }

    @Test
    void anIpv6NetworkCountsAsOneAddressAndMappedIpv4AddressesDoNot() {
        for (int i = 0; i < PER_ADDRESS; i++) {
            begin("person " + i, "2001:db8:1:2::" + Integer.toHexString(i));
            begin("other " + i, "::ffff:10.0.0." + i);
        }

        assertThat(waitOf("next", "2001:db8:1:2:ffff::1")).isPositive();
        begin("next", "2001:db8:1:3::1");
        begin("next", "::ffff:10.0.0.1");
    }

    @Test
    void withoutRedisTheNodeCountsForItself() {
        LoginLimiter orphaned = limiter(new FaultyAttempts());
        for (int i = 0; i < PER_ACCOUNT; i++) {
            join(orphaned.begin("ada", "10.0.0.1"));
        }

        assertThat(refusal(orphaned, "ada", "10.0.0.1").code()).isEqualTo(ErrorCode.RATE_LIMITED);
    }

    private LoginLimiter limiter(@Nullable Attempts shared) {
        Ticker ticker = nanos::get;
        return new LoginLimiter(shared, PER_ACCOUNT, PER_ADDRESS, ticker);
    }

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private LoginLimiter.Attempt begin(String account, String address) {
        return join(limiter.begin(account, address));
    }

    private long waitOf(String account, String address) {
        AppError error = refusal(limiter, account, address);
        Long wait = error.retryAfterMs();
        return wait == null ? 0 : wait;
    }

    private static AppError refusal(LoginLimiter limiter, String account, String address) {
        AppError[] error = new AppError[1];
        assertThatThrownBy(() -> join(limiter.begin(account, address)))
                .cause()
                .isInstanceOfSatisfying(AppError.class, refused -> error[0] = refused);
        return error[0];
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    /** As Redis when it is not there. */
    private static final class FaultyAttempts implements Attempts {
        @Override
        public Future<Long> take(Counter account, Counter address) {
            return Future.failedFuture("connection refused");
        }

        @Override
        public Future<Void> giveBack(String key) {
            return Future.failedFuture("connection refused");
        }

        @Override
        public Future<Void> reset(String key) {
            return Future.failedFuture("connection refused");
        }
    }
}

package io.parley.features.accounts.passwords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordHasherTest {
    private final Vertx vertx = Vertx.vertx();
    private final CountingHash counting = new CountingHash();

    @AfterEach
    void close() {
        join(vertx.close());
    }

    @Test
    void aHashIsArgon2idWithItsParametersAndASaltOfItsOwn() {
        PasswordHasher hasher = new PasswordHasher(vertx, 1, 10, new Metrics());

        String hash = join(hasher.hash("correct horse"));

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").isNotEqualTo(join(hasher.hash("correct horse")));
        assertThat(join(hasher.matches("correct horse", hash))).isTrue();
        assertThat(join(hasher.matches("correct horsf", hash))).isFalse();
        assertThat(join(hasher.matches("correct horse", null))).isFalse();
    }

    @Test
    void nobodyCostsWhatSomebodyCosts() {
        PasswordHasher hasher = counting.hasher(vertx);

        join(hasher.matches("guess", "hash of secret"));
        int forSomebody = counting.checks();
        join(hasher.matches("guess", null));

        assertThat(counting.checks() - forSomebody).isEqualTo(forSomebody).isEqualTo(1);
        assertThat(join(hasher.matches("the password of nobody", null))).isFalse();
    }

    @Test
    void theWorkIsDoneOnThreadsOfItsOwn() {
        vertx.runOnContext(ignored -> counting.hasher(vertx).matches("guess", null));

        await().until(() -> counting.checks() == 1);
        assertThat(counting.checkedOn()).allMatch(thread -> thread.startsWith("parley-hash"));
    }

    @Test
    void accentsMayBeComposedInEitherWay() {
        String typed = "mật khẩu của tôi";
        PasswordHasher hasher = counting.hasher(vertx);

        String hash = join(hasher.hash(Normalizer.normalize(typed, Normalizer.Form.NFD)));

        assertThat(join(hasher.matches(Normalizer.normalize(typed, Normalizer.Form.NFC), hash)))
                .isTrue();
    }

    @Test
    void whoFindsTheQueueFullIsToldWhenToComeBackAndTheOthersAreServed() {
        CountDownLatch gate = new CountDownLatch(1);
        PasswordHasher hasher = new PasswordHasher(vertx, 1, 2, new Metrics(), new GatedHash(gate));

        List<Future<Boolean>> accepted = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            accepted.add(hasher.matches("x", null));
        }
        assertThatThrownBy(() -> join(hasher.matches("x", null)))
                .cause()
                .isInstanceOfSatisfying(AppError.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                    assertThat(error.retryAfterMs()).isPositive();
                });
        gate.countDown();

        join(Future.all(accepted));
        assertThat(join(hasher.matches("x", null))).isFalse();
    }

    /** Does not finish before the gate opens. */
    private record GatedHash(CountDownLatch gate) implements PasswordHash {
        @Override
        public String hash(String password) {
            return password;
        }

        @Override
        public boolean matches(String password, String hash) {
            try {
                gate.await();
                return true;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static <T extends @Nullable Object> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}

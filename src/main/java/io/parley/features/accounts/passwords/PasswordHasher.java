package io.parley.features.accounts.passwords;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.text.Normalizer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hashes and checks passwords on threads of its own. The queue before them is bounded, so that a flood of log-ins
 * costs a bounded share of the machine; who finds it full is told to come back. Shared by all verticles of a node.
 *
 * <p>A log-in that names nobody is checked against a hash of no one's password: it takes the same way and the same
 * time as one with a wrong password. Passwords are compared in Unicode form NFKC, because keyboards differ in how
 * they compose accents.
 */
public final class PasswordHasher {
    /** Nobody waits for an answer any more; see the timeout of the bus. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(12);

    private static final long TYPICAL_MS = 80;

    private final PasswordHash function;
    private final Metrics metrics;
    private final WorkerExecutor workers;
    private final int threads;
    private final int places;
    private final AtomicInteger taken = new AtomicInteger();
    private final String nobody;

    /** Blocks for one hash. {@code queue} is how many passwords may wait for the {@code threads}. */
    public PasswordHasher(Vertx vertx, int threads, int queue, Metrics metrics) {
        this(vertx, threads, queue, metrics, PasswordHash.ARGON2ID);
    }

    PasswordHasher(Vertx vertx, int threads, int queue, Metrics metrics, PasswordHash function) {
        this.metrics = metrics;
        this.function = function;
        this.workers = vertx.createSharedWorkerExecutor("parley-hash", threads);
        this.threads = threads;
        this.places = threads + queue;
        this.nobody = function.hash("the password of nobody");
    }

    /** The hash to be stored; fails with {@code unavailable} when too many wait. */
    public Future<String> hash(String password) {
        return work(() -> function.hash(normal(password)));
    }

    /**
     * @param hash null when there is nobody of that name: the answer is no, after the same work
     * @return fails with {@code unavailable} when too many wait
     */
    public Future<Boolean> matches(String password, @Nullable String hash) {
        return work(() -> function.matches(normal(password), hash == null ? nobody : hash) && hash != null);
    }

    private static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC);
    }

    private <T> Future<T> work(Callable<T> work) {
        if (taken.incrementAndGet() > places) {
            taken.decrementAndGet();
            return Future.failedFuture(busy());
        }
        metrics.hashQueue(1);
        long since = System.nanoTime();
        return workers.<T>executeBlocking(() -> unlessTooLate(since, work), false)
                .map(Objects::requireNonNull)
                .onComplete(ignored -> taken.decrementAndGet());
    }

    private <T> T unlessTooLate(long since, Callable<T> work) throws Exception {
        metrics.hashQueue(-1);
        if (System.nanoTime() - since > PATIENCE_NANOS) {
            throw busy();
        }
        return work.call();
    }

    private AppError busy() {
        long wait = TYPICAL_MS * places / threads;
        return AppError.restored(ErrorCode.UNAVAILABLE, "Too many people are logging in just now", List.of(), wait);
    }
}

package io.parley.support.testing.campaign;

import io.parley.support.testing.client.CommandFailure;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting, on a thread that is no event loop. */
public final class Blocking {
    private static final long LIMIT_SECONDS = 60;
    private static final long STEP_MS = 50;

    private Blocking() {}

    public static <T> T get(Future<T> future) {
        try {
            return future.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException("no answer within " + LIMIT_SECONDS + " s", late);
        }
    }

    /** Asks again while the answer is that it may be different soon: a call may have gone to a node that is gone. */
    public static <T> T getAtLast(Supplier<Future<T>> question) {
        AtomicReference<T> answer = new AtomicReference<>();
        boolean answered = until(Duration.ofSeconds(LIMIT_SECONDS), () -> {
            try {
                answer.set(get(question.get()));
                return true;
            } catch (CommandFailure failed) {
                if (failed.isPassing()) {
                    return false;
                }
                throw failed;
            }
        });
        return answered ? answer.get() : get(question.get());
    }

    /** @return whether the condition came true in time */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            rest(Duration.ofMillis(STEP_MS));
        }
        return true;
    }

    static void rest(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }
}

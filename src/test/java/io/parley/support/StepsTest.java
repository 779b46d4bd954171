package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work in many steps. */
class StepsTest {
    private static final int MANY = 200_000;

    @Test
    void anyNumberOfStepsEnds() throws Exception {
        Vertx vertx = Vertx.vertx();
        AtomicInteger done = new AtomicInteger();
        try {
            Promise<Void> all = Promise.promise();
            vertx.runOnContext(begun -> Steps.repeat(() -> later(vertx).map(now -> done.incrementAndGet() < MANY))
                    .onComplete(all));
            all.future().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }

        assertThat(done).hasValue(MANY);
    }

    private static Future<Void> later(Vertx vertx) {
        Promise<Void> later = Promise.promise();
        vertx.getOrCreateContext().runOnContext(now -> later.complete());
        return later.future();
    }
}

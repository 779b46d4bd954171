package io.parley.bus;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutstandingTest {
    private final Vertx vertx = Vertx.vertx();
    private final Outstanding outstanding = new Outstanding(vertx);

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(5, SECONDS);
    }

    private static void assertUnavailable(Future<?> answer) {
        await().until(answer::isComplete);
        assertThat(answer.cause())
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void whatWasAskedOfANodeFailsWhenItGoesAndOthersAnswerAllTheSame() throws Exception {
        Promise<String> reply = Promise.promise();
        Future<String> dead = outstanding.of("a", Promise.<String>promise().future());
        Future<String> alive = outstanding.of("b", reply.future());

        outstanding.left("a");

        assertUnavailable(dead);
        reply.complete("well");
        assertThat(alive.await(5, SECONDS)).isEqualTo("well");
    }

    @Test
    void whatIsAskedOfANodeThatIsGoneFailsUntilItIsBack() throws Exception {
        outstanding.left("a");
        assertUnavailable(outstanding.of("a", Promise.promise().future()));

        outstanding.back("a");

        assertThat(outstanding.of("a", Future.succeededFuture("here")).await(5, SECONDS))
                .isEqualTo("here");
    }

    @Test
    void whatMayHaveBeenAskedOfTheNodeThatIsGoneFails() {
        Future<Object> answer = outstanding.ofAny(Promise.promise().future());

        outstanding.left("a");

        assertUnavailable(answer);
    }

    @Test
    void anAnswerThatComesTooLateChangesNothing() {
        Promise<String> reply = Promise.promise();
        Future<String> answer = outstanding.of("a", reply.future());
        outstanding.left("a");

        reply.complete("late");

        assertUnavailable(answer);
    }
}

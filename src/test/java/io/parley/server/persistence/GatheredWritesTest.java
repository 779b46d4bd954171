package io.parley.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatheredWritesTest {
    private static final int PART = (int) (GatheredWrites.MOST_BYTES / 4);

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<Promise<List<String>>> calls = new CopyOnWriteArrayList<>();
    private final GatheredWrites<Text, String> writes = new GatheredWrites<>(vertx, 1, 0, 1_000, new Texts());

    private record Text(String key, int bytes) {}

    private final class Texts implements GatheredWrites.Kind<Text, String> {
        @Override
        public String name() {
            return "texts";
        }

        @Override
        public Object key(Text asked) {
            return asked.key();
        }

        @Override
        public Text merge(Text earlier, Text later) {
            return later;
        }

        @Override
        public int bytes(Text asked) {
            return asked.bytes();
        }

        @Override
        public Future<List<String>> write(List<Text> batch) {
            Promise<List<String>> answer = Promise.promise();
            calls.add(answer);
            return answer.future().map(ignored -> batch.stream().map(Text::key).toList());
        }

        @Override
        public void committed(List<Text> batch, List<String> results) {}
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Future<String> submit(String key, int bytes) {
        Promise<String> done = Promise.promise();
        context.runOnContext(ignored -> writes.submit(new Text(key, bytes)).onComplete(done));
        return done.future();
    }

    private void answer(int call) {
        await().until(() -> calls.size() == call);
        context.runOnContext(ignored -> calls.getLast().complete(List.of()));
    }

    @Test
    void noMoreWaitsThanMayHoweverFewAsk() {
        Future<String> first = submit("first", PART);
        await().until(() -> calls.size() == 1);
        List<Future<String>> waiting = new ArrayList<>();
        for (String key : List.of("a", "b", "c", "c", "c", "d")) {
            waiting.add(submit(key, PART));
        }

        Future<String> tooMuch = submit("e", 1);
        await().until(tooMuch::isComplete);
        assertThat(tooMuch.cause())
                .isInstanceOfSatisfying(
                        AppError.class, refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        waiting.add(submit("what takes up nothing", 0));

        answer(1);
        answer(2);
        await().until(() -> first.succeeded() && waiting.stream().allMatch(Future::succeeded));
        Future<String> again = submit("g", 4 * PART);
        answer(3);
        await().until(again::succeeded);
    }
}

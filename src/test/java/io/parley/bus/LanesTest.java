package io.parley.bus;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.AppError;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {
    private final Vertx vertx = Vertx.vertx();
    private final Lanes lanes = new Lanes(vertx);

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(5, SECONDS);
    }

    @Test
    void withoutAnyLaneARequestIsUnavailable() {
        Future<Object> request = lanes.run(way -> Future.succeededFuture("done"));

        assertThat(request.cause()).isInstanceOf(AppError.class);
    }

    @Test
    void aChangeWaitsForWhatIsUnderWayAndNewRequestsWaitForTheChange() throws Exception {
        lanes.change(new Lanes.Way(1, List.of())).await(5, SECONDS);
        Promise<Integer> slow = Promise.promise();
        Future<Integer> before = lanes.run(way -> slow.future());

        Future<Void> changed = lanes.change(new Lanes.Way(3, List.of()));
        Future<Integer> after = lanes.run(way -> Future.succeededFuture(way.local()));

        assertThat(changed.isComplete()).isFalse();
        assertThat(after.isComplete()).isFalse();
        slow.complete(1);
        assertThat(before.await(5, SECONDS)).isEqualTo(1);
        assertThat(after.await(5, SECONDS)).isEqualTo(3);
        assertThat(changed.await(5, SECONDS)).isNull();
    }

    @Test
    void aRequestThatThrowsDoesNotHinderAChange() throws Exception {
        lanes.change(new Lanes.Way(1, List.of())).await(5, SECONDS);

        Future<Object> failed = lanes.run(way -> {
            throw new IllegalStateException("defect");
        });

        assertThat(failed.cause()).hasMessage("defect");
        assertThat(lanes.change(new Lanes.Way(2, List.of())).await(5, SECONDS)).isNull();
    }

    @Test
    void aRequestWhoseAskerIsTakenAwayEndsAllTheSame() throws Exception {
        lanes.change(new Lanes.Way(1, List.of())).await(5, SECONDS);
        Promise<Message<Object>> asked = Promise.promise();
        vertx.eventBus().consumer("lane", asked::complete);
        String asker = vertx.deployVerticle(context -> {
                    lanes.run(way -> vertx.eventBus().request("lane", "question"));
                    return Future.succeededFuture();
                })
                .await(5, SECONDS);
        Message<Object> question = asked.future().await(5, SECONDS);

        vertx.undeploy(asker).await(5, SECONDS);
        Future<Void> changed = lanes.change(new Lanes.Way(2, List.of()));

        assertThat(changed.isComplete()).isFalse();
        question.reply("answer");
        assertThat(changed.await(5, SECONDS)).isNull();
    }

    @Test
    void theAnswerComesOnTheContextOfTheAsker() throws Exception {
        lanes.change(new Lanes.Way(1, List.of())).await(5, SECONDS);
        vertx.eventBus().consumer("lane", message -> message.reply("answer"));
        Context asker = vertx.getOrCreateContext();
        Promise<Context> answered = Promise.promise();

        asker.runOnContext(ignored -> lanes.run(way -> vertx.eventBus().request("lane", "question"))
                .onComplete(answer -> answered.complete(Vertx.currentContext())));

        assertThat(answered.future().await(5, SECONDS)).isSameAs(asker);
    }

    /** Lanes that answer after different whiles: whatever changes meanwhile, requests for one key end in their order. */
    @Test
    void requestsOfAKeyKeepTheirOrderWhateverChangesMeanwhile() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Future<?>> busy = new HashMap<>();
        Map<UUID, List<Integer>> done = new HashMap<>();
        List<Future<?>> all = new CopyOnWriteArrayList<>();
        List<UUID> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            UUID key = new UUID(random.nextLong(), random.nextLong());
            keys.add(key);
            done.put(key, new CopyOnWriteArrayList<>());
        }
        Promise<Void> finished = Promise.promise();
        vertx.runOnContext(ignored -> {
            for (int i = 0; i < 2_000; i++) {
                int number = i;
                if (random.nextInt(50) == 0) {
                    all.add(lanes.change(
                            random.nextBoolean()
                                    ? new Lanes.Way(1 + random.nextInt(4), List.of())
                                    : new Lanes.Way(0, List.of("a", "b", "c").subList(0, 1 + random.nextInt(3)))));
                }
                UUID key = keys.get(random.nextInt(keys.size()));
                all.add(lanes.run(way -> {
                            String lane = way.local() > 0 ? "lane" + way.lane(key) : way.node(key);
                            Future<?> before = busy.getOrDefault(lane, Future.succeededFuture());
                            Future<Void> answer = before.transform(ended -> vertx.timer(1 + random.nextInt(2)))
                                    .map(ended -> {
                                        done.get(key).add(number);
                                        return null;
                                    });
                            busy.put(lane, answer);
                            return answer;
                        })
                        .otherwiseEmpty());
            }
            Future.join(all).<Void>mapEmpty().onComplete(finished);
        });
        finished.future().await(30, SECONDS);

        assertThat(done.values())
                .as("seed %d", seed)
                .allSatisfy(numbers -> assertThat(numbers).isSorted());
    }
}

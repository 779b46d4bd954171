package io.parley.server.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SocketOutboxTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final int BUDGET = 20_000;

    private final Context loop = VERTX.getOrCreateContext();
    private final Flusher flusher = new Flusher(loop);
    private final Wire wire = new Wire();
    private final AtomicInteger overflows = new AtomicInteger();
    private final SocketOutbox outbox = outbox(wire, overflows::incrementAndGet);

    private SocketOutbox outbox(Wire to, Runnable overflow) {
        return new SocketOutbox(to.channel(), WebSocketFraming.SINGLE, flusher, BUDGET, overflow);
    }

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().await(5, SECONDS);
    }

    /** One turn of the loop, and what it has left to be done at its end. */
    private void turn(Runnable task) throws Exception {
        Promise<Void> done = Promise.promise();
        loop.runOnContext(ignored -> {
            Future.<Void>future(promise -> {
                        task.run();
                        promise.complete();
                    })
                    .onFailure(done::fail);
            loop.runOnContext(after -> done.tryComplete());
        });
        done.future().await(5, SECONDS);
    }

    private static TextFrame frame(int number) {
        return frame("{\"n\":" + number + "}");
    }

    private static TextFrame frame(String text) {
        return TextFrame.of(Buffer.buffer(text));
    }

    private void send(int first, int last) {
        IntStream.rangeClosed(first, last).forEach(number -> outbox.send(frame(number)));
    }

    @Test
    void allThatIsSentInOneTurnIsFlushedOnceAtItsEnd() throws Exception {
        turn(() -> {
            send(1, 5);
            assertThat(wire.flushes()).isZero();
        });

        assertThat(wire.flushes()).isEqualTo(1);
        assertThat(wire.written()).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}", "{\"n\":5}");
    }

    @Test
    void whatTheReceiverBeginsWithGoesHoweverMuchItIsAndWhatFollowsIsBoundedAsAlways() throws Exception {
        wire.stopReading();
        turn(() -> outbox.welcome(List.of(frame("x".repeat(3 * BUDGET)), frame("y".repeat(BUDGET)))));
        assertThat(overflows).hasValue(0);

        turn(() -> outbox.send(frame("z".repeat(BUDGET / 2))));
        assertThat(overflows).hasValue(0);
        turn(() -> outbox.send(frame("z".repeat(BUDGET))));

        assertThat(overflows).hasValue(1);
    }

    @Test
    void theNextTurnHasAFlushOfItsOwn() throws Exception {
        turn(() -> send(1, 2));
        turn(() -> send(3, 3));
        turn(() -> {});

        assertThat(wire.flushes()).isEqualTo(2);
    }

    @Test
    void manyOutboxesOfALoopShareTheTurn() throws Exception {
        Wire other = new Wire();
        SocketOutbox second = outbox(other, overflows::incrementAndGet);
        turn(() -> {
            send(1, 1);
            second.send(frame(2));
            send(3, 3);
        });

        assertThat(wire.flushes()).isEqualTo(1);
        assertThat(other.flushes()).isEqualTo(1);
        assertThat(wire.written()).hasSize(2);
        assertThat(other.written()).containsExactly("{\"n\":2}");
    }

    @Test
    void whatIsReadyTogetherGoesAsOneArrayToWhoAskedForIt() throws Exception {
        outbox.batch();
        turn(() -> send(1, 3));
        turn(() -> send(4, 4));

        assertThat(wire.written()).containsExactly("[{\"n\":1},{\"n\":2},{\"n\":3}]", "{\"n\":4}");
        assertThat(wire.flushes()).isEqualTo(2);
    }

    @Test
    void largeBatchesAreWholeJson() throws Exception {
        outbox.batch();
        turn(() -> send(1, 100));

        JsonNode array = Json.parse(wire.written().getFirst().getBytes(StandardCharsets.UTF_8));
        assertThat(array).hasSize(100);
        assertThat(array.get(99).get("n").intValue()).isEqualTo(100);
    }

    @Test
    void sharedBytesOutliveEveryReceiver() throws Exception {
        TextFrame shared = frame("{\"text\":\"to all\"}");
        SocketOutbox batching = outbox(new Wire(), overflows::incrementAndGet);
        batching.batch();
        turn(() -> {
            for (int i = 0; i < 20; i++) {
                outbox.send(shared);
                batching.send(shared);
            }
        });

        assertThat(Wire.text(shared)).isEqualTo("{\"text\":\"to all\"}");
        assertThat(wire.written()).hasSize(20).containsOnly("{\"text\":\"to all\"}");
    }

    @Test
    void aPeerThatDoesNotReadIsGivenUpOnceAndGetsNothingMore() throws Exception {
        wire.stopReading();
        for (int i = 0; i < 1_000 && overflows.get() == 0; i++) {
            turn(() -> send(1, 10));
        }
        int written = wire.written().size();
        turn(() -> send(1, 100));

        assertThat(overflows).hasValue(1);
        assertThat(wire.written()).hasSize(written);
        // Each frame has a header of two bytes; Netty counts 96 bytes more for each turn.
        assertThat(written * 9 + written / 10 * 96).isBetween(BUDGET - 200, BUDGET + 200);
    }

    @Test
    void theBudgetHoldsInsideATurnForBatchesToo() throws Exception {
        wire.stopReading();
        outbox.batch();
        turn(() -> send(1, 10_000));

        assertThat(overflows).hasValue(1);
    }

    @Test
    void whatANetworkTakesInTheMiddleOfATurnDoesNotCount() throws Exception {
        turn(() -> send(1, 10_000));

        assertThat(overflows).hasValue(0);
        assertThat(wire.written()).hasSize(10_000);
    }

    @Test
    void aPeerThatReadsMayGetAnyAmount() throws Exception {
        for (int i = 0; i < 100; i++) {
            turn(() -> send(1, 50));
        }

        assertThat(overflows).hasValue(0);
        assertThat(wire.written()).hasSize(5_000);
    }

    @Test
    void whatWaitsIsTold() throws Exception {
        wire.stopReading();
        turn(() -> send(1, 10));

        assertThat(outbox.waiting()).isBetween(71L, 71L + 10 * 100);
    }

    @Test
    void whatMayBeDroppedIsDroppedWhenAQuarterWaitsAndTheRestStillGoes() throws Exception {
        wire.stopReading();
        AtomicInteger taken = new AtomicInteger();
        turn(() -> {
            for (int i = 0; i < 1_000; i++) {
                taken.addAndGet(outbox.offer(frame(i)) ? 1 : 0);
            }
        });
        assertThat(wire.written().stream().mapToInt(String::length).sum() + taken.get() * 2)
                .isBetween(BUDGET / 4 - 200, BUDGET / 4 + 200);
        int before = wire.written().size();
        turn(() -> send(1, 10));

        assertThat(wire.written()).hasSize(before + 10);
        assertThat(overflows).hasValue(0);
    }

    @Test
    void whatANetworkTakesAtOnceIsNotDropped() throws Exception {
        turn(() -> {
            for (int i = 0; i < 1_000; i++) {
                assertThat(outbox.offer(frame(i))).isTrue();
            }
        });

        assertThat(wire.written()).hasSize(1_000);
    }

    @Test
    void whatWasSentBeforeTheEndStillGoesAndNothingElse() throws Exception {
        turn(() -> {
            outbox.batch();
            send(1, 3);
            outbox.end();
            send(4, 6);
        });

        assertThat(wire.written()).containsExactly("[{\"n\":1},{\"n\":2},{\"n\":3}]");
    }

    @Test
    void anOverflowThatEndsTheSessionInItsCallIsFine() throws Exception {
        SocketOutbox[] own = new SocketOutbox[1];
        SocketOutbox ending = new SocketOutbox(wire.channel(), WebSocketFraming.SINGLE, flusher, 10, () -> {
            overflows.incrementAndGet();
            own[0].end();
        });
        own[0] = ending;
        wire.stopReading();
        turn(() -> List.of(1, 2, 3, 4, 5).forEach(number -> ending.send(frame(number))));

        assertThat(overflows).hasValue(1);
        assertThat(wire.written()).hasSizeLessThan(5);
    }

    @Test
    void aSocketThatIsClosedIsNotTooSlow() throws Exception {
        turn(() -> {
            send(1, 2);
            wire.channel().close();
            send(3, 10_000);
            outbox.requireRoom();
            assertThat(outbox.offer(frame(1))).isFalse();
        });

        assertThat(overflows).hasValue(0);
        assertThat(outbox.waiting()).isZero();
    }

    @Test
    void whoCannotBeSentToIsGivenUpAndTheOthersGetTheirs() throws Exception {
        Wire broken = new Wire();
        broken.refuse();
        AtomicInteger given = new AtomicInteger();
        SocketOutbox first = outbox(broken, given::incrementAndGet);
        turn(() -> {
            first.send(frame(1));
            send(1, 1);
        });
        turn(() -> {
            first.send(frame(2));
            send(2, 2);
        });

        assertThat(given).hasValue(1);
        assertThat(wire.written()).containsExactly("{\"n\":1}", "{\"n\":2}");
    }
}

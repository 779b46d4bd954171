package io.parley.bus;

import static io.parley.server.cluster.TestMember.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.server.cluster.TestMember;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two members, and a third node that is there only by what it says: how much it has heard of the first. */
class LaggingNodeIT {
    private static final int PORT = TestMember.freePort();
    private static final long EVERYTHING = Long.MAX_VALUE;

    private final AtomicLong heardOfFirst = new AtomicLong(EVERYTHING);
    private final List<PersonalFrame> here = new CopyOnWriteArrayList<>();
    private final List<PersonalFrame> there = new CopyOnWriteArrayList<>();
    private TestMember first;
    private TestMember second;

    @BeforeEach
    void start() {
        first = new TestMember(PORT, Map.of());
        second = new TestMember(PORT, Map.of());
        await(first.bus.onPersonalFrame(here::add).completed());
        await(second.bus.onPersonalFrame(there::add).completed());
        AtomicLong beats = new AtomicLong();
        Vertx vertx = second.cluster.vertx();
        vertx.setPeriodic(
                200,
                ignored -> second.bus.publishHeartbeat(new Peers.Heartbeat(
                        info("third"), beats.incrementAndGet(), Map.of(first.id(), heardOfFirst.get()))));
        await().untilAsserted(() -> assertThat(first.present()).contains("third"));
    }

    @AfterEach
    void stop() {
        second.stop();
        first.stop();
    }

    private static NodeInfo info(String id) {
        return new NodeInfo(id, id, "test", Instant.EPOCH, false, Map.of(), 0, 0, 0, "", "");
    }

    private void publish(int number) {
        first.bus.events().publish(new PersonalFrame(new UUID(0, number), 1, true, Buffer.buffer("{}")));
    }

    @Test
    void nothingIsHeapedUpForANodeThatIsFarBehindUntilItHasCaughtUp() {
        publish(1);
        await().untilAsserted(() -> assertThat(there).hasSize(1));

        heardOfFirst.set(0);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(first.lagMs()).isGreaterThan(4_000));
        publish(2);
        await().untilAsserted(() -> assertThat(here).hasSize(2));

        heardOfFirst.set(EVERYTHING);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(first.lagMs()).isZero());
        publish(3);
        await().untilAsserted(() -> assertThat(there)
                .extracting(frame -> frame.user().getLeastSignificantBits())
                .containsExactly(1L, 3L));
    }
}

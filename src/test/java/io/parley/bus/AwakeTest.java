package io.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AwakeTest {
    private static final UUID ROOM = new UUID(0, 1);

    private final Awake awake = new Awake();
    private long version;
    private long number;

    private boolean message(double seconds) {
        return publish(++version, ++number, seconds);
    }

    private boolean rename(double seconds) {
        return publish(++version, number, seconds);
    }

    private boolean publish(long at, long lastNumber, double seconds) {
        Frame frame = new Frame(ROOM, at, lastNumber, List.of(), List.of(), Buffer.buffer(), 0);
        return awake.published(frame, (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    @Test
    void whoTalksForAWhileGetsAnAddress() {
        assertThat(message(0)).isFalse();
        assertThat(message(1)).isFalse();
        assertThat(message(5.9)).isFalse();
        assertThat(message(6.1)).isTrue();
        assertThat(rename(6.2)).isTrue();
    }

    @Test
    void afterASilenceAllNodesAreToldFirst() {
        message(0);
        message(1);
        assertThat(message(7)).isTrue();

        assertThat(message(7 + 601)).isFalse();
        assertThat(message(7 + 602)).isFalse();
        assertThat(message(7 + 607)).isTrue();
    }

    @Test
    void whatIsNoMessageWakesNobody() {
        message(0);
        for (int second = 1; second < 100; second++) {
            assertThat(rename(second)).isFalse();
        }
    }

    @Test
    void whatHasNoVersionGoesTheWayOfTheRestAndWakesNobody() {
        assertThat(publish(0, 0, 0)).isFalse();
        message(1);
        message(2);
        message(8);

        assertThat(publish(0, 0, 9)).isTrue();
        assertThat(publish(0, 0, 9 + 601)).isFalse();
    }

    @Test
    void oneThatIsForgottenBeginsAnew() {
        message(0);
        message(1);
        awake.sweep(TimeUnit.SECONDS.toNanos(2000));

        assertThat(message(2001)).isFalse();
        assertThat(message(2002)).isFalse();
        assertThat(message(2008)).isTrue();
    }
}

package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final int BUDGET = 1_000;

    private int filled;
    private int overflows;
    private final Mailbox mailbox =
            new Mailbox(new Flusher(VERTX.getOrCreateContext()), BUDGET, () -> filled++, () -> overflows++);

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().await(5, TimeUnit.SECONDS);
    }

    private static TextFrame frame(int number) {
        return TextFrame.of(Buffer.buffer(Integer.toString(number)));
    }

    private void send(int first, int last) {
        IntStream.rangeClosed(first, last).forEach(number -> mailbox.send(frame(number)));
    }

    private List<String> kept() {
        return mailbox.kept().stream().map(Wire::text).toList();
    }

    @Test
    void whatWasSentIsKeptUntilItIsAcknowledged() {
        send(1, 4);

        assertThat(mailbox.acknowledge(0)).isTrue();
        assertThat(kept()).containsExactly("1", "2", "3", "4");
        assertThat(mailbox.acknowledge(3)).isTrue();
        assertThat(kept()).containsExactly("4");
        assertThat(mailbox.acknowledge(3)).as("said again").isTrue();
        assertThat(kept()).containsExactly("4");
        assertThat(mailbox.acknowledge(4)).isTrue();
        assertThat(kept()).isEmpty();
        assertThat(mailbox.last()).isEqualTo(4);
        assertThat(mailbox.bytes()).isZero();
    }

    @Test
    void whatIsKeptNoLongerOrNotYetCannotBeAcknowledged() {
        send(1, 4);
        mailbox.acknowledge(2);

        for (long number : new long[] {0, 1, 5, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(mailbox.acknowledge(number)).as("%d", number).isFalse();
        }
        assertThat(kept()).containsExactly("3", "4");
    }

    @Test
    void theSessionEndsWhenMoreIsKeptThanMayBe() {
        send(1, BUDGET);

        assertThat(overflows).isEqualTo(1);
        assertThat(kept()).isEmpty();
        assertThat(mailbox.bytes()).isZero();
        assertThat(mailbox.offer(frame(1))).isFalse();
    }

    @Test
    void whoFetchesMayGetAnyAmount() {
        for (int i = 1; i <= BUDGET; i++) {
            send(i, i);
            mailbox.acknowledge(i);
        }

        assertThat(overflows).isZero();
    }

    @Test
    void whatMayBeMissedIsNotKeptBesideMuch() {
        int taken = 0;
        for (int i = 0; i < BUDGET; i++) {
            taken += mailbox.offer(frame(i)) ? 1 : 0;
        }

        assertThat(taken).isBetween(BUDGET / 4 / 5, BUDGET / 4 / 3 + 1);
        assertThat(overflows).isZero();
    }

    @Test
    void nothingComesAfterTheEnd() {
        send(1, 1);
        mailbox.end();
        send(2, 2);

        assertThat(kept()).containsExactly("1");
    }

    @Test
    void aTurnInWhichSomethingWasSentIsToldOnce() {
        send(1, 3);
        assertThat(filled).isZero();

        mailbox.flush();

        assertThat(filled).isEqualTo(1);
    }
}

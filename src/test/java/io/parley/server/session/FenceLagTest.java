package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.parley.server.persistence.JournalPosition;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Rows;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FenceLagTest {
    private final Metrics metrics = new Metrics();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(FenceLag.class);
    private long now = 1_000_000;
    private final FenceLag lag = new FenceLag(
            new JournalReader(Rows.client(
                    fence -> Future.succeededFuture(Rows.of("holder").row("backend 4711 (application psql)")))),
            metrics,
            () -> now);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() {
        logger.detachAppender(log);
        metrics.close();
    }

    private void after(long ms, long fence, long newest) {
        now += ms;
        JournalPosition position = new JournalPosition(0, List.of(), null, "");
        lag.measure(new JournalReader.News(
                new UUID(7, 7), fence, newest, true, false, false, false, position, List.of(), List.of()));
    }

    @Test
    void aFenceThatStandsStillIsMeasuredAndItsHolderTold() {
        after(0, 5, 9);
        after(9_000, 5, 12);
        assertThat(log.list).isEmpty();

        after(2_000, 5, 13);
        assertThat(metrics.scrape()).contains("parley_journal_fence_lag_seconds 11.0");
        assertThat(log.list).hasSize(1);
        assertThat(log.list.getFirst().getFormattedMessage()).contains("backend 4711", "11 s");
    }

    @Test
    void itsHolderIsToldOnceAMinute() {
        after(0, 5, 9);
        for (int second = 0; second < 75; second++) {
            after(1_000, 5, 12);
        }

        assertThat(log.list).hasSize(2);
    }

    @Test
    void aFenceThatMovesOrThatNothingIsAboveOfHasNoLag() {
        after(0, 5, 9);
        after(20_000, 6, 12);
        after(20_000, 6, 6);

        assertThat(metrics.scrape()).contains("parley_journal_fence_lag_seconds 0.0");
        assertThat(log.list).isEmpty();
    }
}

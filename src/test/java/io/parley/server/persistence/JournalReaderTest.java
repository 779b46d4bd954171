package io.parley.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalReaderTest {
    private static final UUID EPOCH = new UUID(7, 7);
    private static final UUID TENANT = new UUID(0, 1);
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID ADA = new UUID(0, 11);
    private static final OffsetDateTime AT = OffsetDateTime.parse("2026-11-20T12:00:00Z");
    private static final int MOST_ROWS = 10_000;

    private final Rows rows = Rows.of(
            "epoch",
            "dropped",
            "fence",
            "newest",
            "witnessed",
            "started",
            "running",
            "at",
            "id",
            "xid",
            "tenants",
            "roots",
            "conversations",
            "from_versions",
            "to_versions",
            "user_tenants",
            "users",
            "user_versions");
    private Long[] running = {};
    private long dropped;
    private String started = "noon";

    private void add(long fence, long xid) {
        rows.row(
                EPOCH,
                dropped,
                fence,
                fence + 50_000,
                true,
                started,
                running,
                AT,
                xid,
                xid,
                new UUID[] {TENANT},
                new UUID[] {ROOM},
                new UUID[] {ROOM},
                new Long[] {3L},
                new Long[] {5L},
                new UUID[] {TENANT},
                new UUID[] {ADA},
                new Long[] {7L});
    }

    private void addNothing(long fence, long newest) {
        rows.row(
                EPOCH, dropped, fence, newest, true, started, running, null, null, null, null, null, null, null, null,
                null, null, null);
    }

    private JournalReader reader() {
        return new JournalReader(Rows.client(since -> Future.succeededFuture(rows)));
    }

    private JournalReader.News news(long top, Long... open) {
        return reader().since(
                        new JournalPosition(top, List.of(open), new JournalPosition.Witness(top, top, AT), "noon"))
                .result();
    }

    private JournalReader.Window window() {
        return reader().finalSince(1).result();
    }

    @Test
    void aRowTellsItsConversationsAndPeople() {
        add(90, 80);

        assertThat(window().conversations()).containsExactly(new JournalReader.Change(TENANT, ROOM, ROOM, 3, 5));
        assertThat(window().people()).containsExactly(new JournalReader.Change(TENANT, ADA, ADA, 7, 7));
        assertThat(window().fence()).isEqualTo(90);
        assertThat(news(10).conversations()).isEqualTo(window().conversations());
        assertThat(news(10).people()).isEqualTo(window().people());
    }

    @Test
    void withoutRowsThereIsStillAFence() {
        addNothing(90, 91);

        assertThat(window().rows()).isZero();
        assertThat(window().fence()).isEqualTo(90);
        assertThat(news(10).newest()).isEqualTo(91);
        assertThat(news(10).position().top()).isEqualTo(10);
    }

    @Test
    void rowsOfConversationsAloneOrOfPeopleAloneAreRead() {
        rows.row(
                EPOCH,
                0L,
                90L,
                90L,
                true,
                started,
                running,
                AT,
                1L,
                80L,
                new UUID[] {TENANT},
                new UUID[] {ROOM},
                new UUID[] {ROOM},
                new Long[] {1L},
                new Long[] {1L},
                null,
                null,
                null);
        rows.row(
                EPOCH,
                0L,
                90L,
                90L,
                true,
                started,
                running,
                AT,
                2L,
                81L,
                null,
                null,
                null,
                null,
                null,
                new UUID[] {TENANT},
                new UUID[] {ADA},
                new Long[] {2L});

        assertThat(window().conversations()).hasSize(1);
        assertThat(window().people()).hasSize(1);
        assertThat(window().rows()).isEqualTo(2);
    }

    @Test
    void whoIsFarBehindGoesOnWhereItWasCutOff() {
        for (long xid = 1; xid <= MOST_ROWS; xid++) {
            add(90_000, xid);
        }

        assertThat(window().fence()).isEqualTo(MOST_ROWS);
        assertThat(news(0).more()).isTrue();
        assertThat(news(0).position().top()).isEqualTo(MOST_ROWS - 1);
    }

    /** Its row would never be read: what it commits is below the fence then. */
    @Test
    void whoIsCutOffDoesNotPassATransactionThatIsStillRunning() {
        for (long xid = 1; xid <= MOST_ROWS; xid++) {
            add(17, xid);
        }

        assertThat(window().fence()).isEqualTo(17);
    }

    @Test
    void aPositionIsThatOfTheLastRowAndNamesWhatWasStillRunningBelowIt() {
        running = new Long[] {70L, 85L};
        add(70, 80);

        JournalPosition position = news(10).position();
        assertThat(position.top()).isEqualTo(80);
        assertThat(position.running()).containsExactly(70L);
        assertThat(position.complete()).isEqualTo(70);
        assertThat(position.witness()).isEqualTo(new JournalPosition.Witness(80, 80, AT));
    }

    /** It left no row; after a crash another may have its number. */
    @Test
    void aTransactionAboveTheLastRowIsNotPassed() {
        addNothing(90, 90);

        assertThat(news(10).position().complete()).isEqualTo(11);
    }

    @Test
    void aRowThatCameLateDoesNotTakeThePositionBack() {
        add(90, 5);

        assertThat(news(10, 5L).position().top()).isEqualTo(10);
        assertThat(news(10, 5L).position().complete()).isEqualTo(11);
    }

    @Test
    void whatIsNoLongerKeptWasMissedUnlessItHadBeenReadBefore() {
        dropped = 11;
        addNothing(90, 90);

        assertThat(news(10).missed()).isFalse();
        assertThat(news(9).missed()).isTrue();
        assertThat(news(9).position().top()).isEqualTo(10);
        assertThat(news(10, 8L).missed()).isTrue();
    }

    @Test
    void aServerThatWasStartedSinceIsTold() {
        addNothing(90, 90);
        assertThat(news(10).restarted()).isFalse();

        started = "later";
        addNothing(90, 90);
        assertThat(news(10).restarted()).isTrue();
        assertThat(news(10).position().started()).isEqualTo("later");
    }
}

package io.parley.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalReaderTest {
    private static final UUID TENANT = new UUID(0, 1);
    private static final UUID ROOM = new UUID(0, 100);
    private static final UUID ADA = new UUID(0, 11);
    private static final int MOST_ROWS = 10_000;

    private static Rows journal() {
        return Rows.of(
                "fence",
                "newest",
                "id",
                "xid",
                "tenants",
                "conversations",
                "from_versions",
                "to_versions",
                "user_tenants",
                "users",
                "user_versions");
    }

    private static void add(Rows rows, long fence, long xid) {
        rows.row(
                fence,
                fence + 50_000,
                xid,
                xid,
                new UUID[] {TENANT},
                new UUID[] {ROOM},
                new Long[] {3L},
                new Long[] {5L},
                new UUID[] {TENANT},
                new UUID[] {ADA},
                new Long[] {7L});
    }

    private static JournalReader.Window read(Rows rows) {
        return new JournalReader(Rows.client(since -> Future.succeededFuture(rows)))
                .since(1)
                .result();
    }

    @Test
    void aRowTellsItsConversationsAndPeople() {
        Rows rows = journal();
        add(rows, 90, 80);

        assertThat(read(rows).conversations()).containsExactly(new JournalReader.Change(TENANT, ROOM, 3, 5));
        assertThat(read(rows).people()).containsExactly(new JournalReader.Change(TENANT, ADA, 7, 7));
        assertThat(read(rows).fence()).isEqualTo(90);
    }

    @Test
    void withoutRowsThereIsStillAFence() {
        Rows rows = journal().row(90L, 91L, null, null, null, null, null, null, null, null, null);

        assertThat(read(rows).conversations()).isEmpty();
        assertThat(read(rows).fence()).isEqualTo(90);
        assertThat(read(rows).newest()).isEqualTo(91);
    }

    @Test
    void rowsOfConversationsAloneOrOfPeopleAloneAreRead() {
        Rows rows = journal()
                .row(
                        90L,
                        90L,
                        1L,
                        80L,
                        new UUID[] {TENANT},
                        new UUID[] {ROOM},
                        new Long[] {1L},
                        new Long[] {1L},
                        null,
                        null,
                        null)
                .row(90L, 90L, 2L, 81L, null, null, null, null, new UUID[] {TENANT}, new UUID[] {ADA}, new Long[] {2L});

        assertThat(read(rows).conversations()).hasSize(1);
        assertThat(read(rows).people()).hasSize(1);
    }

    @Test
    void whoIsFarBehindGoesOnWhereItWasCutOff() {
        Rows rows = journal();
        for (long xid = 1; xid <= MOST_ROWS; xid++) {
            add(rows, 90_000, xid);
        }

        assertThat(read(rows).fence()).isEqualTo(MOST_ROWS);
    }

    /** Its row would never be read: what it commits is below the fence then. */
    @Test
    void whoIsCutOffDoesNotPassATransactionThatIsStillRunning() {
        Rows rows = journal();
        for (long xid = 1; xid <= MOST_ROWS; xid++) {
            add(rows, 17, xid);
        }

        assertThat(read(rows).fence()).isEqualTo(17);
    }
}

package io.parley.server.persistence;

import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far somebody has read the journal who reads each row as soon as it is committed: every row up to {@code top} but
 * those of transactions that were still running. A row that was read stands for the database itself: it is committed
 * for ever, so whoever does not find it again is looking at another history.
 *
 * @param top transaction of the last row read. Not the newest transaction there was: one that left no row may be
 *     forgotten in a crash, and its number given out again
 * @param running those below {@code top} that had not ended
 * @param witness the last row read; null when there was none
 * @param started when the server that it was read from was started
 */
public record JournalPosition(
        long top, List<Long> running, @Nullable Witness witness, String started) {
    /** Transaction, number and time of a row; the first two alone come again when history does. */
    public record Witness(long xid, long id, OffsetDateTime at) {
        boolean laterThan(@Nullable Witness other) {
            return other == null || xid > other.xid || (xid == other.xid && id > other.id);
        }
    }

    /** Everything of transactions below this one has been read; none of them was running any more. */
    public long complete() {
        return running.stream().mapToLong(Long::longValue).min().orElse(top + 1);
    }
}

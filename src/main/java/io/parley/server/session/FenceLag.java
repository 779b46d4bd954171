package io.parley.server.session;

import io.parley.server.persistence.JournalReader;
import io.parley.support.Metrics;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the journal's fence has stood still although transactions have begun after it. No statement of ours may
 * take that long: it is somebody's open transaction, and the log says whose. Lives on the hub's context.
 */
final class FenceLag {
    private static final Logger LOG = LoggerFactory.getLogger(FenceLag.class);
    private static final long TOO_LONG_MS = 10_000;
    private static final long WARN_EVERY_MS = 60_000;

    private final JournalReader journal;
    private final Metrics metrics;
    private final LongSupplier clock;
    private long fence;
    private long movedAt;
    private long warnAt;

    /** @param clock milliseconds from any beginning */
    FenceLag(JournalReader journal, Metrics metrics, LongSupplier clock) {
        this.journal = journal;
        this.metrics = metrics;
        this.clock = clock;
    }

    void measure(JournalReader.News news) {
        long now = clock.getAsLong();
        if (news.fence() != fence || news.fence() == news.newest()) {
            movedAt = now;
            warnAt = now + TOO_LONG_MS;
        }
        fence = news.fence();
        metrics.fenceLag(now - movedAt);
        if (now >= warnAt) {
            warnAt = now + WARN_EVERY_MS;
            warn(now - movedAt);
        }
    }

    private void warn(long lagMs) {
        journal.holder(fence)
                .onSuccess(holder -> LOG.warn(
                        "followers of the journal have waited for {} s for an open transaction of {}; end it",
                        lagMs / 1000,
                        holder.orElse("somebody who is not to be found")))
                .onFailure(cause -> LOG.warn("the journal's fence does not move, and why cannot be told", cause));
    }
}

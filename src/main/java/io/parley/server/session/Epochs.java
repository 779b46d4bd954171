package io.parley.server.session;

import io.parley.server.persistence.JournalReader;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which epoch of the database this node's sessions live in. It ends when the database says so, because it is another
 * cluster or another line of its history, or when the node finds that its memory reaches further than the database:
 * an older copy was put in its place. Lives on the hub's context.
 */
final class Epochs {
    private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);

    private final JournalReader journal;
    private final Metrics metrics;
    private final Runnable sendAway;
    private volatile @Nullable UUID current;
    private long number;

    Epochs(JournalReader journal, Metrics metrics, Runnable sendAway) {
        this.journal = journal;
        this.metrics = metrics;
        this.sendAway = sendAway;
    }

    /** Called from any thread; null before the first one. */
    @Nullable
    UUID current() {
        return current;
    }

    Future<JournalReader.Beginning> begin() {
        return journal.begin().map(beginning -> {
            current = beginning.epoch();
            number = beginning.number();
            return beginning;
        });
    }

    boolean ended(JournalReader.News news) {
        return !news.epoch().equals(current) || !news.witnessed();
    }

    /** Where the next one begins, which is made here when the database says that the present one goes on. */
    Future<JournalReader.Beginning> next(JournalReader.News news) {
        Future<Void> over = news.epoch().equals(current) ? journal.endEpoch(news.epoch()) : Future.succeededFuture();
        return over.compose(ended -> journal.begin()).compose(this::notAnOldOne);
    }

    /** An epoch before the one known here has come back with a backup: what was said in it once must not count again. */
    private Future<JournalReader.Beginning> notAnOldOne(JournalReader.Beginning beginning) {
        return beginning.number() >= number
                ? Future.succeededFuture(beginning)
                : journal.endEpoch(beginning.epoch()).compose(ended -> journal.begin());
    }

    /** Lets it begin for this node. */
    void adopt(JournalReader.Beginning beginning) {
        LOG.warn(
                "the database is not what it was (a restored backup, a failover): epoch {} has ended, {} begins, all"
                        + " sessions read anew",
                current,
                beginning.epoch());
        current = beginning.epoch();
        number = beginning.number();
        metrics.epochEnded();
        sendAway.run();
    }
}

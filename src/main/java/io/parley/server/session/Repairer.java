package io.parley.server.session;

import io.parley.server.persistence.JournalPosition;
import io.parley.server.persistence.JournalReader;
import io.parley.support.Config;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what the bus has lost: reads each journal row as soon as it is committed, whatever is still running beside it,
 * and compares it with what the hub has delivered. Its position is in memory only; when the journal does not reach
 * back to it, all heads are compared. It is also the one that notices that the database is no longer the one it was.
 * Lives on the hub's context.
 */
final class Repairer {
    private static final Logger LOG = LoggerFactory.getLogger(Repairer.class);

    /** The next part of a long reading; a timer takes no less. */
    private static final long AT_ONCE_MS = 1;

    private final Vertx vertx;
    private final JournalReader journal;
    private final Config.Journal config;
    private final Hub.Parts hub;
    private final HeadComparison heads;
    private final FenceLag lag;
    private final Epochs epochs;
    private final Loops loops;
    private JournalPosition position = new JournalPosition(0, List.of(), null, "");
    private boolean stopped;
    private volatile long readAt = System.nanoTime();

    /** @param sendAway what is done when the epoch is another one: whatever a session knows is void */
    Repairer(
            Vertx vertx,
            JournalReader journal,
            Config.Journal config,
            Hub.Parts hub,
            HeadComparison heads,
            Loops loops,
            Metrics metrics,
            Runnable sendAway) {
        this.vertx = vertx;
        this.journal = journal;
        this.config = config;
        this.hub = hub;
        this.heads = heads;
        this.loops = loops;
        this.lag = new FenceLag(journal, metrics, () -> System.nanoTime() / 1_000_000);
        this.epochs = new Epochs(journal, metrics, sendAway);
    }

    Future<Void> start() {
        return epochs.begin().map(beginning -> {
            position = beginning.position();
            next(config.pollMs());
            return null;
        });
    }

    void stop() {
        stopped = true;
    }

    /** Called from any thread; null before the start. */
    @Nullable
    UUID epoch() {
        return epochs.current();
    }

    /** Milliseconds since the journal was last read. */
    long silence() {
        return (System.nanoTime() - readAt) / 1_000_000;
    }

    private void next(long delayMs) {
        if (!stopped) {
            vertx.setTimer(delayMs, ignored -> round());
        }
    }

    private void round() {
        journal.since(position)
                .compose(this::take)
                .recover(cause -> {
                    missed(cause);
                    return Future.succeededFuture(false);
                })
                .onSuccess(more -> next(more ? AT_ONCE_MS : config.pollMs()));
    }

    private void missed(Throwable cause) {
        if (!stopped) {
            LOG.warn("the journal cannot be read: {}", cause.toString());
        }
    }

    /** @return whether there is more to be read at once */
    private Future<Boolean> take(JournalReader.News news) {
        readAt = System.nanoTime();
        lag.measure(news);
        if (epochs.ended(news)) {
            return epochs.next(news).map(this::anew);
        }
        if (config.repair()) {
            news.conversations().forEach(head -> hub.conversations().expect(head.id(), head.toVersion()));
            news.people().forEach(head -> hub.people().expect(head.id(), head.toVersion()));
        }
        return headsAreSound(news)
                .compose(sound -> sound
                        ? Future.succeededFuture(goOn(news))
                        : epochs.next(news).map(this::anew));
    }

    /** A server that was started may have less than was published before this node read of it in the journal. */
    private Future<Boolean> headsAreSound(JournalReader.News news) {
        if (!news.missed() && !news.restarted()) {
            return Future.succeededFuture(true);
        }
        LOG.warn(
                "all heads are compared: {}",
                news.missed()
                        ? "the journal does not reach back to where this node was"
                        : "the database was started anew");
        return heads.compare(config.repair());
    }

    private boolean goOn(JournalReader.News news) {
        position = news.position();
        if (config.repair()) {
            promise();
        }
        return news.more();
    }

    /** Only when nothing is lacking may a client be told that it has everything below a transaction. */
    private void promise() {
        if (hub.conversations().complete() && hub.people().complete()) {
            loops.tellAll(loop -> loop.complete(position.complete()));
        }
    }

    /** Nothing that hub and loops know is true any more. */
    private boolean anew(JournalReader.Beginning beginning) {
        position = beginning.position();
        hub.conversations().forget();
        hub.people().forget();
        loops.tellAll(loop -> loop.complete(position.complete()));
        epochs.adopt(beginning);
        return false;
    }
}

package io.parley.server.session;

import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes, at the end of a turn of one event loop, every outbox that was written to in it, and lends them what they
 * need for as long.
 */
final class Flusher {
    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    /** Lists kept for the next turn; there are more only after a turn with very many receivers. */
    private static final int MOST_SPARE = 4_096;

    /** A list that has grown beyond this is not kept. */
    private static final int MOST_FRAMES = 256;

    private final Context context;
    private final Deque<List<TextFrame>> spareLists = new ArrayDeque<>();
    private List<Outbox> dirty = new ArrayList<>();
    private List<Outbox> spare = new ArrayList<>();

    Flusher(Context context) {
        this.context = context;
    }

    /** The outbox is to be flushed at the end of this turn; to be said once in a turn. */
    void mark(Outbox outbox) {
        if (dirty.isEmpty()) {
            context.runOnContext(ignored -> flush());
        }
        dirty.add(outbox);
    }

    /**
     * As {@link #mark}.
     *
     * @return an empty list for what waits; to be given back when the outbox has been flushed
     */
    List<TextFrame> add(Outbox outbox) {
        mark(outbox);
        List<TextFrame> list = spareLists.pollLast();
        return list == null ? new ArrayList<>(4) : list;
    }

    void giveBack(List<TextFrame> list) {
        boolean small = list.size() <= MOST_FRAMES;
        list.clear();
        if (small && spareLists.size() < MOST_SPARE) {
            spareLists.addLast(list);
        }
    }

    private void flush() {
        List<Outbox> ready = dirty;
        dirty = spare;
        ready.forEach(Flusher::flush);
        ready.clear();
        spare = ready;
    }

    /** There may be no memory for what goes to one socket: the others get theirs. */
    private static void flush(Outbox outbox) {
        try {
            outbox.flush();
        } catch (RuntimeException | OutOfMemoryError failure) {
            LOG.error("what was to be sent to a session could not be", failure);
            outbox.giveUp();
        }
    }
}

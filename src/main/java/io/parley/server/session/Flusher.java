package io.parley.server.session;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;

/** Flushes, at the end of a turn of one event loop, every outbox that was written to in it. */
final class Flusher {
    private final Context context;
    private List<Outbox> dirty = new ArrayList<>();
    private List<Outbox> spare = new ArrayList<>();

    Flusher(Context context) {
        this.context = context;
    }

    void add(Outbox outbox) {
        if (dirty.isEmpty()) {
            context.runOnContext(ignored -> flush());
        }
        dirty.add(outbox);
    }

    private void flush() {
        List<Outbox> ready = dirty;
        dirty = spare;
        ready.forEach(Outbox::flush);
        ready.clear();
        spare = ready;
    }
}

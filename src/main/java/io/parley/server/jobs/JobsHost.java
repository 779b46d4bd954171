package io.parley.server.jobs;

import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where a feature registers what follows the journal and what is done by the clock. Runs on one event loop. */
public interface JobsHost {
    /**
     * Follows the journal at least once and in order; the position is kept under {@code name}.
     *
     * @param apply must be idempotent; a failure is retried with the same window
     */
    void follow(String name, Function<JournalReader.Window, Future<Void>> apply);

    /** Does something again and again; never twice at once, a failure is logged and waits for the next time. */
    void every(String name, long periodMs, Supplier<Future<Void>> work);

    Database database();
}

package io.parley.server.jobs;

import io.parley.bus.Bus;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where a feature registers what follows the journal and what is done by the clock. Runs on one event loop. */
public interface JobsHost {
    /**
     * Follows the journal, on one of all nodes, at least once and in order; the position is kept under {@code name}. A
     * node that was stopped amid its work and comes back may still write what it was about to, after another has gone
     * further: what is written must be so that an older window changes nothing, by version for instance.
     *
     * @param apply must be idempotent; a failure is retried with the same window
     * @param rebuild makes the work anew from the state, before {@code apply} goes on from there: at the beginning, when
     *     the follower was left behind by the journal, and in a new epoch; must be idempotent, and is repeated when it
     *     fails. It may find that the work is further than it knows.
     */
    void follow(String name, Function<JournalReader.Window, Future<Void>> apply, Supplier<Future<Void>> rebuild);

    /**
     * Does something again and again on every node that runs this kind; never twice at once in one verticle. A failure is
     * logged and waits for the next time.
     */
    void every(String name, long periodMs, Supplier<Future<Void>> work);

    /**
     * Does something once in a period, on one of all nodes. A failure is logged and tried again soon. A second one may
     * begin when a node was stopped amid the work: it must be harmless.
     */
    void onceEvery(String name, long periodMs, Supplier<Future<Void>> work);

    Database database();

    Vertx vertx();

    /** For asking what others answer, such as a change of a conversation in its lane. */
    Bus bus();
}

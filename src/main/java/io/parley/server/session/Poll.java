package io.parley.server.session;

import io.parley.server.auth.Principal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A request for the next events of a session. It belongs to the event loop that got it; the loop of the session, which may
 * be another one, only tells it what becomes of it.
 */
final class Poll {
    private final Context context;
    private final Principal principal;
    private final long after;
    private final long timeoutMs;
    private final Runnable overtaken;
    private final Promise<Optional<Buffer>> outcome = Promise.promise();

    /**
     * @param context of the loop that got it
     * @param after number of the last event that the client has
     * @param timeoutMs how long it may wait
     * @param overtaken called on that context when another one has come after this had its answer
     */
    Poll(Context context, Principal principal, long after, long timeoutMs, Runnable overtaken) {
        this.context = context;
        this.principal = principal;
        this.after = after;
        this.timeoutMs = timeoutMs;
        this.overtaken = overtaken;
    }

    Principal principal() {
        return principal;
    }

    long after() {
        return after;
    }

    long timeoutMs() {
        return timeoutMs;
    }

    /** The document to be answered; empty when the session cannot give it, because it is over or has forgotten too much. */
    Future<Optional<Buffer>> outcome() {
        return outcome.future();
    }

    /** Called on any loop. */
    void answer(Buffer document) {
        tell(Optional.of(document));
    }

    /** Called on any loop. */
    void unknown() {
        tell(Optional.empty());
    }

    private void tell(Optional<Buffer> what) {
        context.runOnContext(ignored -> outcome.tryComplete(what));
    }

    /**
     * To be run, on any loop, when the client has begun another one. Kept for as long as the client stays away, so it does
     * not hold what was answered.
     */
    Runnable overtaking() {
        Context home = context;
        Runnable what = overtaken;
        return () -> home.runOnContext(ignored -> what.run());
    }
}

package io.parley.server.persistence;

import io.vertx.core.Future;

/**
 * Where all changes of a conversation on a node meet: first in, first out (those that yield wait for others now and
 * then), one call to the database under way.
 * While it runs the next batch gathers, so batches grow with load and nobody waits for a timer.
 */
public interface Lane {
    /**
     * @return what became of the change, after its commit; {@code unavailable} when the outcome is unknown, and
     *     then for the changes of the same conversation queued behind it as well
     */
    <C, R> Future<R> submit(Change<C, R> kind, C change);
}

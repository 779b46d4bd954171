package io.parley.server.persistence;

import io.vertx.core.Future;
import java.util.List;

/**
 * A kind of change to conversations, told to a {@link Lane}: how many go into one call and how the call is made.
 *
 * @param <C> one change
 * @param <R> what became of it
 */
public interface Change<C, R> {
    /** For metrics. */
    String name();

    /** Most changes in one call. */
    int maxBatch();

    /** What the change adds to the bytes of a call and of what is published after it; 0: little. */
    default int bytes(C change) {
        return 0;
    }

    /** Two changes with equal keys never go into one call. */
    Object key(C change);

    /**
     * Whether changes that do not may overtake it: for what very many do at once, and what nobody minds to see a moment
     * later. It overtakes none of those.
     */
    default boolean yields() {
        return false;
    }

    /**
     * Applies a batch in one transaction and returns the results in the order of the changes.
     *
     * @param database the lane's own connection, pipelined in order
     */
    Future<List<R>> apply(Database database, List<C> batch);

    /**
     * After commit, with the changes in their order, before any of them is answered and before any later batch of the
     * lane: publishes, wakes followers.
     */
    void committed(List<C> changes, List<R> results);
}

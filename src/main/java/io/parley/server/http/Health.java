package io.parley.server.http;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;

/**
 * What tells whether a node is well.
 *
 * @param live failing means that only a restart helps
 * @param ready failing means that the node should get no requests now
 */
public record Health(List<Check> live, List<Check> ready) {
    /** What a failing check means. */
    public enum Severity {
        /** The node cannot do its work. */
        FATAL,
        /** The node works, with something missing. */
        DEGRADING
    }

    /**
     * @param name a word for the answer
     * @param test fails, or does not complete within a second, when something is wrong; must test the thing itself, not
     *     what was last known of it
     */
    public record Check(String name, Severity severity, Supplier<Future<Void>> test) {}
}

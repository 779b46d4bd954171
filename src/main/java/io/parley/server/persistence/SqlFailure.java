package io.parley.server.persistence;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import org.jspecify.annotations.Nullable;

/**
 * What a failed statement means. SQL states are those of PostgreSQL, appendix A of its documentation.
 */
enum SqlFailure {
    /** The server or the connection is in trouble; the outcome is unknown, the same call may be made again. */
    CONNECTION,
    /** The server refuses this data, or our own code fails on it; made again it fails again. */
    DATA;

    static SqlFailure of(Throwable cause) {
        if (cause instanceof AppError known) {
            return known.code() == ErrorCode.UNAVAILABLE ? CONNECTION : DATA;
        }
        if (!(cause instanceof PgException refused)) {
            // What goes wrong on the way is told by checked exceptions and those of Vert.x; the rest are defects.
            return cause instanceof RuntimeException && !(cause instanceof VertxException) ? DATA : CONNECTION;
        }
        String state = refused.getSqlState();
        String severity = refused.getSeverity();
        return (severity != null && (severity.equals("FATAL") || severity.equals("PANIC"))) || passing(state)
                ? CONNECTION
                : DATA;
    }

    private static boolean passing(@Nullable String state) {
        return state == null
                || state.startsWith("08") // connection exception
                || state.startsWith("53") // insufficient resources
                || state.startsWith("57") // operator intervention: shutdown, cancel, starting up
                || state.startsWith("58") // system error
                || state.startsWith("40") // deadlock, serialisation
                || state.startsWith("55") // lock not available
                || state.startsWith("25"); // read-only: a standby answers during a failover
    }

    /** As the caller of a statement sees it. Defects stay what they are and become {@code internal} at the edge. */
    static Throwable forCaller(Throwable cause) {
        if (cause instanceof AppError) {
            return cause;
        }
        return of(cause) == CONNECTION ? AppError.unavailable("The database does not answer") : cause;
    }
}

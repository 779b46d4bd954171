package io.parley.server.session;

/** What the session host tells about itself. Called on event loops; must not block. */
public interface SessionMetrics {
    void opened();

    /** @param code close code, 0 when the connection broke */
    void closed(int code);

    /** Sessions that have said hello: one more or one less. */
    void authenticated(int difference);

    /** @param outcome {@code ok} or an error code */
    void command(String type, String outcome, long nanos);

    /** @param nanos since the change was asked for; 0: unknown */
    void delivered(int receivers, long nanos);

    void repaired();

    /** Bytes that wait for the sockets of one loop. */
    void outboundWaiting(int loop, long bytes);

    /** The oldest transaction below which everything is delivered lags the newest by this much. */
    void fenceLag(long millis);
}

package io.parley.server.session;

/** What the verticle sees of a connection with a session, whatever it is made of. Lives on the session's event loop. */
interface LiveConnection extends Session.Connection {
    /**
     * Called now and then: does what is due, and ends what has come to its end by time.
     *
     * @param now of the clock that nobody sets, in nanoseconds
     * @param nowMillis of the clock by which tokens expire
     */
    void check(long now, long nowMillis);

    /** Whether it is clear whose it is. */
    boolean isKnown();

    /** Bytes that wait to be taken. */
    long waiting();

    /** The node is going: says so; the connection is closed when nothing is under way any more. */
    void goAway(long retryAfterMs);

    /** Whether every command has had its reply. */
    boolean idle();
}

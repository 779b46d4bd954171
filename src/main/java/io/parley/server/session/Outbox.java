package io.parley.server.session;

import java.util.List;

/** The way out of one session, on its event loop: what is sent goes in this order, or the session ends. */
sealed interface Outbox permits SocketOutbox, Mailbox {
    /** From now on messages that are ready together may go out as one JSON array. */
    void batch();

    void send(TextFrame frame);

    /**
     * Sends what the receiver cannot begin without, however much it is: by so much more may wait from now on. Who is in very
     * many conversations could not come in at all otherwise, however often he tried.
     */
    void welcome(List<TextFrame> frames);

    /**
     * Sends what the receiver may go without, unless more than a quarter of what may wait is waiting already: the rest is
     * kept for what he must have.
     *
     * @return false when it was not sent
     */
    boolean offer(TextFrame frame);

    /** Hands on what was sent in this turn of the loop. */
    void flush();

    /** What was sent so far still goes, if it can; nothing after it does. */
    void end();

    /** Ends the session without what it has not got. */
    void giveUp();
}

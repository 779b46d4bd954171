package io.parley.loadtest.check;

/** What must never happen, however busy the server is. */
public enum Violation {
    /** Committed, and never delivered to somebody whose session stayed open. */
    LOST,
    /** Delivered twice to one session. */
    DOUBLED,
    /**
     * Delivered after a later change of the same conversation, or committed in another order than sent by one person.
     */
    REORDERED,
    /** Delivered to somebody who is not in the conversation, or in another conversation, or as somebody else's. */
    MISDELIVERED,
    /** With another text. */
    ALTERED,
    /** With another number or version than the acknowledgement or another receiver has seen. */
    MISNUMBERED,
    /** Delivered or acknowledged, but never sent. */
    PHANTOM,
    /** One command, two replies. */
    ANSWERED_TWICE
}

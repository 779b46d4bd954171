package io.parley.support.testing.checker;

/** What must always hold, whatever breaks; see "What must always hold" in the design. */
public enum Invariant {
    /** An acknowledged message is in the history with the acknowledged number and the content that was sent. */
    ACKED_IS_STORED,
    /** No message is stored twice, and repeating a send always finds the one that is there. */
    STORED_ONCE,
    /** Numbers and versions of a conversation are 1, 2, 3 … without gap. */
    DENSE,
    /** A connection is given the versions of a conversation one after another, from where it started. */
    IN_ORDER,
    /** Who is connected when all is quiet has everything, however often he was away. */
    COMPLETE,
    /** What is delivered is what is stored. */
    CONTENT,
    /** Nobody is given anything of a conversation from outside his membership. */
    MEMBERS_ONLY,
    /** What one device sends to one conversation is numbered in the order of sending. */
    SENDER_ORDER,
    /** What was refused for good is not stored, and nothing is stored that nobody sent. */
    HONEST_OUTCOME,
    /** Unread counts are what counting gives, and read marks never go back. */
    UNREAD,
    /** A connection is given the versions of its person one after another. */
    PERSONAL_ORDER
}

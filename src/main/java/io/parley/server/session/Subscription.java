package io.parley.server.session;

/** One session in one room. */
final class Subscription {
    final Session session;
    final Room room;

    /** Place in the room's list, kept by the room. */
    int index;

    /** The session knows everything up to this version and gets what is newer. */
    long from;

    /** The person's version of the last gain heard of, and where that begins; 0 and 0: of none. */
    private long gainedAt;

    private long gainedFrom;

    Subscription(Session session, Room room, long from) {
        this.session = session;
        this.room = room;
        this.from = from;
    }

    /** The person has become a member, which is his version {@code at}, and knows everything up to {@code version}. */
    void gained(long version, long at) {
        if (at > gainedAt) {
            gainedAt = at;
            gainedFrom = version;
        }
    }

    /**
     * As of this version of his the person was no member. If he has become one since, only what is of this membership
     * is for him.
     *
     * @return whether he has
     */
    boolean begin(long userVersion) {
        from = Math.max(from, gainedFrom);
        return gainedAt > userVersion;
    }
}

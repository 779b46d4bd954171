package io.parley.server.session;

import io.parley.bus.Frame;

/** One session in one room. There are very many of these: whatever is added must not make them larger. */
final class Subscription {
    /** Of whoever may not read, or is not known to be allowed to read, what not everybody may. */
    static final int NOTHING_OLD = Integer.MAX_VALUE;

    final Session session;
    final Room room;

    /** Place in the room's list, kept by the room. */
    int index;

    /** The session knows everything up to this version and gets what is newer. */
    long from;

    /** The first message that the person may read, as far as it matters; see {@link #mayRead}. */
    private int readsFrom;

    /** The person's version of the last gain heard of; 0: of none. */
    long gainedAt;

    Subscription(Session session, Room room, long from, long readsFrom) {
        this.session = session;
        this.room = room;
        this.from = from;
        readsFrom(readsFrom);
    }

    void readsFrom(long number) {
        readsFrom = (int) Math.min(number, NOTHING_OLD);
    }

    /**
     * Whether a frame is for this session.
     *
     * @param oldest as of {@link Frame}
     */
    boolean mayRead(long oldest) {
        return oldest == 0 || (readsFrom != NOTHING_OLD && oldest >= readsFrom);
    }
}

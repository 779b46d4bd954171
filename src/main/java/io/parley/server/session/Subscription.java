package io.parley.server.session;

/** One session in one room. */
final class Subscription {
    final Session session;
    final Room room;

    /** Place in the room's list, kept by the room. */
    int index;

    /** The session knows everything up to this version and gets what is newer. */
    long from;

    /** The person's version of the last gain heard of; 0: of none. */
    long gainedAt;

    Subscription(Session session, Room room, long from) {
        this.session = session;
        this.room = room;
        this.from = from;
    }
}

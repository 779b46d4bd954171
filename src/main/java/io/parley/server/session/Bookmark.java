package io.parley.server.session;

import java.util.UUID;

/** Where a session is in what concerns its person, and from where its client may resume. Lives on the event loop. */
final class Bookmark {
    /** Not 0, which is a person to whom nothing has happened yet. */
    private static final long NOWHERE = -1;

    private final SessionLoop loop;
    private UUID epoch = new UUID(0, 0);
    private long userVersion;

    /** The person's version of the snapshot with which the session began. */
    private long begunAt = NOWHERE;

    /** The position to resume from, and the completion of the loop that it is from. */
    private long settledVersion;

    private long settledFence;
    private long settledAt;

    Bookmark(SessionLoop loop) {
        this.loop = loop;
    }

    void begin(UUID snapshotEpoch, long snapshotFence, long snapshotVersion) {
        epoch = snapshotEpoch;
        userVersion = snapshotVersion;
        begunAt = snapshotVersion;
        settledVersion = snapshotVersion;
        settledFence = snapshotFence;
        settledAt = loop.completions();
    }

    /** Whether something of this version was not in the snapshot already, as far as there is one. */
    boolean isNews(long version) {
        return version > begunAt;
    }

    /** The person's events up to this version have been delivered. */
    void advance(long version) {
        settle();
        userVersion = Math.max(version, userVersion);
    }

    long userVersion() {
        return userVersion;
    }

    UUID epoch() {
        return epoch;
    }

    /** The client has, or will have read from this socket before it, everything up to here. */
    String cursor() {
        return Cursor.encode(position());
    }

    HubActions.Position position() {
        settle();
        return new HubActions.Position(epoch, settledVersion, settledFence);
    }

    /** Changes with the cursor, and costs less to look at. */
    long turn() {
        return loop.completions();
    }

    /**
     * A fence holds for the conversations that the person was in when nothing was lacking, not for one gained since:
     * with it goes the version of that moment. Done before the version changes, and when it is asked for.
     */
    private void settle() {
        if (settledAt != loop.completions()) {
            settledAt = loop.completions();
            settledVersion = userVersion;
            settledFence = Math.max(settledFence, loop.fence());
        }
    }
}

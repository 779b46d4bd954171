package io.parley.support.testing.client;

/**
 * How a client behaves.
 *
 * @param device its name, unique among the person's
 * @param batch takes several frames in one array
 * @param wholeHistory keeps every message that the person may see; otherwise it begins at the heads and keeps none
 * @param useCursor resumes; otherwise it asks for all heads each time
 * @param longestBackoffMs upper end of the waiting time between attempts to connect
 * @param way how it gets its events
 */
public record ClientSettings(
        String device, boolean batch, boolean wholeHistory, boolean useCursor, long longestBackoffMs, Way way) {
    /** A good client, impatient as tests are. */
    public static ClientSettings device(String name) {
        return new ClientSettings(name, true, true, true, 500, Way.SOCKET);
    }

    public ClientSettings withBatch(boolean wanted) {
        return new ClientSettings(device, wanted, wholeHistory, useCursor, longestBackoffMs, way);
    }

    public ClientSettings withCursor(boolean wanted) {
        return new ClientSettings(device, batch, wholeHistory, wanted, longestBackoffMs, way);
    }

    public ClientSettings over(Way other) {
        return new ClientSettings(device, batch, wholeHistory, useCursor, longestBackoffMs, other);
    }

    /** For load: does not fetch what was there before. */
    public ClientSettings fromHeads() {
        return new ClientSettings(device, batch, false, useCursor, longestBackoffMs, way);
    }
}

package io.parley.support.testing.client;

/**
 * How a client behaves.
 *
 * @param device its name, unique among the person's
 * @param batch takes several frames in one array
 * @param wholeHistory keeps every message that the person may see; otherwise it begins at the heads and keeps none
 * @param useCursor resumes; otherwise it asks for all heads each time
 * @param longestBackoffMs upper end of the waiting time between attempts to connect
 */
public record ClientSettings(
        String device, boolean batch, boolean wholeHistory, boolean useCursor, long longestBackoffMs) {
    /** A good client, impatient as tests are. */
    public static ClientSettings device(String name) {
        return new ClientSettings(name, true, true, true, 500);
    }

    public ClientSettings withBatch(boolean wanted) {
        return new ClientSettings(device, wanted, wholeHistory, useCursor, longestBackoffMs);
    }

    public ClientSettings withCursor(boolean wanted) {
        return new ClientSettings(device, batch, wholeHistory, wanted, longestBackoffMs);
    }

    /** For load: does not fetch what was there before. */
    public ClientSettings fromHeads() {
        return new ClientSettings(device, batch, false, useCursor, longestBackoffMs);
    }
}

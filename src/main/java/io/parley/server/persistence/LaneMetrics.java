package io.parley.server.persistence;

/** What a lane tells about itself; called on its event loop. */
public interface LaneMetrics {
    void batch(String kind, int size);

    void halved();
}

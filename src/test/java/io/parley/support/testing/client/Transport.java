package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;

/** One connection, of whatever kind: JSON objects out, JSON objects in, and its end. */
interface Transport {
    /** What the other side and the network do; called on the context that opened it. */
    interface Listener {
        void onFrame(JsonNode frame);

        /** @param code of the WebSocket's close frame, or what stands for it */
        void onClosed(int code);
    }

    Future<Void> send(JsonNode frame);

    /** Ends it; nothing that is still under way is delivered, and the listener is not called. */
    Future<Void> close();

    /** Stops reading, so that the server finds its writes stuck once the buffers on the way are full. */
    void pause();

    void resume();

    boolean isPaused();
}

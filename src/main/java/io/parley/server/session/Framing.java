package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** How messages that are ready together are said over one kind of connection. */
interface Framing {
    /**
     * Bytes that {@link #write} is likely to need.
     *
     * @param frameBytes the sum of the frames' lengths
     */
    int length(int frameBytes, int count);

    void write(List<TextFrame> frames, ByteBuf out);

    /** The same for a client who takes several messages as one JSON array. */
    default Framing batched() {
        return this;
    }
}

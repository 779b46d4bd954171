package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Messages as WebSocket frames. */
enum WebSocketFraming implements Framing {
    /** Each message is a frame of its own. */
    SINGLE {
        @Override
        public int length(int frameBytes, int count) {
            return frameBytes;
        }

        @Override
        public void write(List<TextFrame> frames, ByteBuf out) {
            frames.forEach(frame -> out.writeBytes(frame.bytes()));
        }
    },

    /** Several are one frame with a JSON array. */
    BATCHED {
        @Override
        public int length(int frameBytes, int count) {
            return TextFrame.lengthJoined(frameBytes, count);
        }

        @Override
        public void write(List<TextFrame> frames, ByteBuf out) {
            if (frames.size() == 1) {
                out.writeBytes(frames.getFirst().bytes());
            } else {
                TextFrame.writeJoined(frames, out);
            }
        }
    };

    @Override
    public Framing batched() {
        return BATCHED;
    }
}

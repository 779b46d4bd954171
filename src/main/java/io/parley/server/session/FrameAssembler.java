package io.parley.server.session;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts the fragments of text messages together, within bounds in bytes and in fragments. */
final class FrameAssembler {
    /** A client that splits a frame of ours into more pieces than this wants to cost us time. */
    private static final int MOST_FRAGMENTS = 256;

    private final int maxBytes;
    private @Nullable Buffer fragments;
    private int count;
    private boolean binary;

    FrameAssembler(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** What a frame leads to. */
    enum Outcome {
        /** A text message is complete and was handed on, or more is to come. */
        FINE,
        /** A binary message has ended: not of our protocol. */
        BINARY,
        TOO_LARGE
    }

    Outcome add(WebSocketFrame frame, Consumer<byte[]> message) {
        if (!frame.isContinuation()) {
            binary = frame.isBinary();
            count = 0;
            fragments = null;
        }
        Buffer bytes = frame.binaryData();
        int size = bytes.length() + (fragments == null ? 0 : fragments.length());
        if (size > maxBytes || ++count > MOST_FRAGMENTS) {
            return Outcome.TOO_LARGE;
        }
        if (!frame.isFinal()) {
            fragments = (fragments == null ? Buffer.buffer() : fragments).appendBuffer(bytes);
            return Outcome.FINE;
        }
        if (binary) {
            fragments = null;
            return Outcome.BINARY;
        }
        byte[] whole = (fragments == null ? bytes : fragments.appendBuffer(bytes)).getBytes();
        fragments = null;
        message.accept(whole);
        return Outcome.FINE;
    }
}

package io.parley.server.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.buffer.Buffer;
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

    /** @param frame text, binary or continuation; not released */
    Outcome add(WebSocketFrame frame, Consumer<byte[]> message) {
        if (!(frame instanceof ContinuationWebSocketFrame)) {
            binary = frame instanceof BinaryWebSocketFrame;
            count = 0;
            fragments = null;
        }
        int size = frame.content().readableBytes() + (fragments == null ? 0 : fragments.length());
        if (size > maxBytes || ++count > MOST_FRAGMENTS) {
            return Outcome.TOO_LARGE;
        }
        byte[] bytes = ByteBufUtil.getBytes(frame.content());
        if (!frame.isFinalFragment()) {
            fragments = (fragments == null ? Buffer.buffer() : fragments).appendBytes(bytes);
            return Outcome.FINE;
        }
        if (binary) {
            fragments = null;
            return Outcome.BINARY;
        }
        byte[] whole = fragments == null ? bytes : fragments.appendBytes(bytes).getBytes();
        fragments = null;
        message.accept(whole);
        return Outcome.FINE;
    }
}

package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket protocol on one connection after its upgrade (RFC 6455 sections 5.5 and 7), on its event loop: answers
 * pings, opens and shuts the tap of what comes in, and ends in an orderly way. In the place of the framework's handler,
 * whose queues hold eight kilobytes for each connection.
 */
final class WebSocketHandler extends ChannelInboundHandlerAdapter {
    /** A peer that does not answer the close frame, or does not even take it, is cut off after this. */
    private static final long CLOSE_MS = 3_000;

    /** Whoever sends more than this behind a command that must be answered first is not waiting for it. */
    private static final int MOST_HELD = 1_024;

    private static final int FINAL = 0x80;
    private static final int CLOSE = 0x8;
    private static final int PONG = 0xA;

    private final ContextInternal context;
    private final Listener listener;
    private ChannelHandlerContext pipeline;

    /** What had been read already when the tap was shut. */
    private @Nullable Queue<WebSocketFrame> held;

    private @Nullable ByteBuf ping;
    private boolean paused;
    private boolean draining;
    private boolean closing;
    private @Nullable ScheduledFuture<?> cutting;

    /** Whose connection it is; called on the context. */
    interface Listener {
        /** Something came, whatever it is. */
        void onHeard();

        /** @param frame text, binary or continuation; released afterwards */
        void onData(WebSocketFrame frame);

        /** The end is about to be said: what is sent from now on would come after it. */
        void onEnding();

        /** What came is no frame, or the connection is broken. */
        void onFailure(Throwable cause);

        /** The connection has ended. */
        void onClosed();
    }

    @SuppressWarnings("NullAway.Init") // the channel is there as soon as the handler is in its pipeline
    WebSocketHandler(ContextInternal context, Listener listener) {
        this.context = context;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        pipeline = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof WebSocketFrame frame) {
            context.emit(frame, this::onFrame);
        } else {
            // What followed the request for the upgrade before it was granted is nothing that a client may send.
            ReferenceCountUtil.release(message);
            cut();
        }
    }

    private void onFrame(WebSocketFrame frame) {
        listener.onHeard();
        if (frame instanceof PingWebSocketFrame) {
            ReferenceCountUtil.release(ping);
            ping = frame.content();
        } else if (frame instanceof CloseWebSocketFrame close) {
            onClose(close);
        } else if (frame instanceof PongWebSocketFrame) {
            frame.release();
        } else if (paused) {
            hold(frame);
        } else {
            hand(frame);
        }
    }

    private void hold(WebSocketFrame frame) {
        if (held == null) {
            held = new ArrayDeque<>();
            pipeline.channel().config().setAutoRead(false);
        }
        held.add(frame);
        if (held.size() > MOST_HELD) {
            cut();
        }
    }

    private void hand(WebSocketFrame frame) {
        try {
            listener.onData(frame);
        } finally {
            frame.release();
        }
    }

    /** Nothing is handed on until {@link #resume}; the peer feels it as back pressure. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        if (held == null || draining) {
            return;
        }
        draining = true;
        try {
            while (!paused && held != null && !held.isEmpty()) {
                hand(held.remove());
            }
        } catch (RuntimeException defect) {
            cut();
            throw defect;
        } finally {
            draining = false;
        }
        if (held != null && held.isEmpty()) {
            held = null;
            pipeline.channel().config().setAutoRead(true);
        }
    }

    /** Of several pings only the last is answered, as RFC 6455 section 5.5.3 allows. */
    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (ping != null) {
            ByteBuf payload = ping;
            ping = null;
            if (!closing && pipeline.channel().isWritable()) {
                var unused = pipeline.writeAndFlush(control(PONG, payload), pipeline.voidPromise());
            }
            payload.release();
        }
    }

    /** On the heap: that a connection ends must be said also when there is no memory for more. */
    private static ByteBuf control(int opcode, ByteBuf payload) {
        return Unpooled.buffer(2 + payload.readableBytes())
                .writeByte(FINAL | opcode)
                .writeByte(payload.readableBytes())
                .writeBytes(payload);
    }

    /** The peer ends it, or agrees to end it. */
    private void onClose(CloseWebSocketFrame frame) {
        try {
            if (closing) {
                cut();
            } else {
                var unused = end(frame.content()).addListener(ChannelFutureListener.CLOSE);
            }
        } finally {
            frame.release();
        }
    }

    /** Says that the connection ends, and why, and lets the peer agree. */
    void close(int code, String reason) {
        if (!closing) {
            var unused = end(reason(code, reason));
        }
    }

    /** Says why the connection ends, and ends it: what the peer still says cannot be understood. */
    void fail(int code, String reason) {
        if (!closing) {
            var unused = end(reason(code, reason)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static ByteBuf reason(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return Unpooled.buffer(2 + text.length).writeShort(code).writeBytes(text);
    }

    private ChannelFuture end(ByteBuf payload) {
        closing = true;
        // First of all: whatever becomes of the rest, the connection does not stay.
        cutting = pipeline.executor().schedule(this::cut, CLOSE_MS, TimeUnit.MILLISECONDS);
        listener.onEnding();
        ChannelFuture written = pipeline.writeAndFlush(control(CLOSE, payload));
        // The peer's own close frame is still to be read.
        paused = false;
        releaseHeld();
        pipeline.channel().config().setAutoRead(true);
        return written;
    }

    private void releaseHeld() {
        if (held != null) {
            held.forEach(ReferenceCountUtil::release);
            held = null;
        }
    }

    /** Ends the connection without a word. */
    void cut() {
        var unused = pipeline.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        context.emit(cause, listener::onFailure);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        ReferenceCountUtil.release(ping);
        ping = null;
        releaseHeld();
        if (cutting != null) {
            cutting.cancel(false);
        }
        context.emit(this, ended -> listener.onClosed());
    }
}

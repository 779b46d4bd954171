package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.impl.VertxHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection of an event stream, on its event loop, as soon as the request for it is granted: the answer lasts as long
 * as the connection, so nothing of HTTP is needed any more (RFC 9112 section 6.3, the case without a length). In the place
 * of the framework's handlers, as {@link WebSocketPipeline} does it, for there may be very many that are idle.
 */
final class StreamHandler extends ChannelInboundHandlerAdapter {
    /** A peer that does not take the end is cut off after this. */
    private static final long CLOSE_MS = 3_000;

    private static final String HEAD = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Connection: close\r
            X-Accel-Buffering: no\r
            """;

    private final ContextInternal context;
    private final Channel channel;
    private final Runnable closed;
    private @Nullable ScheduledFuture<?> cutting;

    /** @param closed called on the context when the connection has ended */
    StreamHandler(ContextInternal context, Channel channel, Runnable closed) {
        this.context = context;
        this.channel = channel;
        this.closed = closed;
    }

    /**
     * Takes the connection over and answers its request, of which everything has been read.
     *
     * @param headers of the answer, besides those that say that it is a stream
     */
    void install(MultiMap headers) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(VertxHandler.class, "parley-stream", this);
        // What has come behind the request is handed on by the decoder, to this handler.
        pipeline.remove("httpDecoder");
        pipeline.remove("httpEncoder");
        WebSocketPipeline.unguard(channel);
        StringBuilder head = new StringBuilder(HEAD);
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        write(Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.US_ASCII));
        channel.config().setAutoRead(true);
    }

    /** Nothing comes over a stream from its client. */
    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ReferenceCountUtil.release(message);
        cut();
    }

    void write(ByteBuf bytes) {
        var unused = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    /** Whether the network has taken enough of what was written that more may be. */
    boolean isWritable() {
        return channel.isWritable();
    }

    /** The stream is about to end: whatever becomes of what is still to be said, the connection does not stay. */
    void ending() {
        cutting = channel.eventLoop().schedule(this::cut, CLOSE_MS, TimeUnit.MILLISECONDS);
    }

    /** Ends the stream with this. */
    void end(ByteBuf last) {
        var unused = channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }

    /** Ends the connection without a word. */
    private void cut() {
        var unused = channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        cut();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        if (cutting != null) {
            cutting.cancel(false);
        }
        context.emit(this, ended -> closed.run());
    }
}

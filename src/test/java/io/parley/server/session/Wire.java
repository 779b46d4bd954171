package io.parley.server.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The socket of a session without a network: remembers what is written and flushed, and can be one that does not read. */
final class Wire {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final AtomicInteger flushes = new AtomicInteger();
    private volatile boolean reading = true;

    private final class Recorder extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            written.add(((TextWebSocketFrame) message).text());
            super.write(context, message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext context) throws Exception {
            flushes.incrementAndGet();
            if (reading) {
                super.flush(context);
                channel.releaseOutbound();
            }
        }
    }

    Wire() {
        channel.pipeline().addLast("recorder", new Recorder()).addLast("session", new ChannelInboundHandlerAdapter());
    }

    /** What an {@link Outbox} writes to. */
    ChannelHandlerContext context() {
        return channel.pipeline().context("session");
    }

    /** The peer takes nothing any more. */
    void stopReading() {
        reading = false;
    }

    List<String> written() {
        return written;
    }

    int flushes() {
        return flushes.get();
    }
}

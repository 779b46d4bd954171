package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The socket of a session without a network: remembers what is written and flushed, and can be one that does not read. */
final class Wire {
    private final EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 24));
    private final EmbeddedChannel channel = new EmbeddedChannel(new Recorder());
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final AtomicInteger flushes = new AtomicInteger();
    private volatile boolean reading = true;

    private final class Recorder extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            client.writeInbound(((ByteBuf) message).copy());
            for (TextWebSocketFrame frame = client.readInbound(); frame != null; frame = client.readInbound()) {
                written.add(frame.text());
                frame.release();
            }
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

    /** What a client reads of a frame. */
    static String text(TextFrame frame) {
        EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 24));
        client.writeInbound(Unpooled.wrappedBuffer(frame.bytes()));
        TextWebSocketFrame read = client.readInbound();
        assertThat(client.<Object>readInbound()).isNull();
        return read.text();
    }

    /** What an {@link Outbox} writes to. */
    Channel channel() {
        return channel;
    }

    /** There is no memory for what is to be written. */
    void refuse() {
        channel.config().setAllocator((ByteBufAllocator) Proxy.newProxyInstance(
                Wire.class.getClassLoader(), new Class<?>[] {ByteBufAllocator.class}, (self, method, arguments) -> {
                    throw new OutOfMemoryError("no memory for " + method.getName());
                }));
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

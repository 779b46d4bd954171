package io.parley.server.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;

/**
 * Makes a pipeline of our own of that of an upgraded connection. Its frame decoder has our settings: no extensions
 * whatever the framework negotiates (an inflating one would expand without limit), and no close frame of its own, so that
 * a frame that is too large ends with our code and not with 1009. Its last handler is ours; there is no encoder, for what
 * goes out are bytes already.
 */
final class WebSocketPipeline {
    private static final String GUARD = "parley-guard";

    private final WebSocketDecoderConfig decoding;

    /** Releases, and ends the connection for, frames that came before the upgrade was granted: the framework drops them. */
    @ChannelHandler.Sharable
    private static final class Guard extends ChannelInboundHandlerAdapter {
        static final Guard INSTANCE = new Guard();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof WebSocketFrame frame) {
                frame.release();
                var unused = context.channel().close();
            } else {
                context.fireChannelRead(message);
            }
        }
    }

    WebSocketPipeline(int maxFrameBytes) {
        decoding = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .maxFramePayloadLength(maxFrameBytes)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false) // the JSON parser refuses what is not UTF-8
                .build();
    }

    static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    /** Watches over a connection until {@link #install}. */
    static void guard(HttpConnection connection) {
        ChannelPipeline pipeline = channel(connection).pipeline();
        pipeline.addBefore(pipeline.context(VertxHandler.class).name(), GUARD, Guard.INSTANCE);
    }

    /** The connection is to be no WebSocket. */
    static void unguard(Channel channel) {
        channel.pipeline().remove(GUARD);
    }

    /** To be called on the connection's event loop, in the turn in which it was upgraded. */
    void install(Channel channel, ChannelHandler handler) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(WebSocket13FrameDecoder.class, "parley-frame-decoder", new WebSocket13FrameDecoder(decoding));
        pipeline.remove(WebSocket13FrameEncoder.class);
        unguard(channel);
        pipeline.replace(VertxHandler.class, "parley-session", handler);
    }
}

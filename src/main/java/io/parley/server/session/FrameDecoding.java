package io.parley.server.session;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * Puts a frame decoder of our settings into the pipeline of a WebSocket: no extensions whatever the framework
 * negotiates (an inflating one would expand without limit), and no close frame of its own, so that a frame that is
 * too large ends with our code and not with 1009.
 */
final class FrameDecoding {
    private FrameDecoding() {}

    static void install(ServerWebSocket socket, int maxFrameBytes) {
        ChannelPipeline pipeline =
                ((WebSocketInternal) socket).channelHandlerContext().pipeline();
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .maxFramePayloadLength(maxFrameBytes)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false) // the JSON parser refuses what is not UTF-8
                .build();
        pipeline.replace(WebSocket13FrameDecoder.class, "parley-frame-decoder", new WebSocket13FrameDecoder(config));
    }
}

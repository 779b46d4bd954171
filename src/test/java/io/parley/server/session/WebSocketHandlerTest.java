package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketHandlerTest {
    private static final Vertx VERTX = Vertx.vertx();

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 16));
    private final ContextInternal loop = (ContextInternal) VERTX.getOrCreateContext();
    private final WebSocketHandler handler = new WebSocketHandler(loop, new Recorder());
    private boolean failing;
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);

    /** Remembers, and shuts the tap after a message that says so. */
    private final class Recorder implements WebSocketHandler.Listener {
        @Override
        public void onHeard() {}

        @Override
        public void onData(WebSocketFrame frame) {
            String text = ((TextWebSocketFrame) frame).text();
            heard.add(text);
            if (text.startsWith("pause")) {
                handler.pause();
            }
        }

        @Override
        public void onEnding() {
            if (failing) {
                throw new IllegalStateException("no memory");
            }
            heard.add("ending");
        }

        @Override
        public void onFailure(Throwable cause) {
            heard.add(cause.getMessage());
        }

        @Override
        public void onClosed() {
            heard.add("closed");
        }
    }

    @AfterEach
    void nothingIsLeftOpen() {
        channel.finishAndReleaseAll();
        client.finishAndReleaseAll();
    }

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().await(5, TimeUnit.SECONDS);
    }

    /** The handler's calls come from its event loop; a channel of this kind does not mind which thread it is. */
    private void onLoop(Runnable task) throws Exception {
        Promise<Void> done = Promise.promise();
        loop.runOnContext(ignored -> {
            try {
                task.run();
                done.complete();
            } catch (RuntimeException | AssertionError failure) {
                done.fail(failure);
            }
        });
        done.future().await(5, TimeUnit.SECONDS);
    }

    private void receive(WebSocketFrame... frames) throws Exception {
        onLoop(() -> channel.writeInbound((Object[]) frames));
    }

    private List<WebSocketFrame> sent() {
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            client.writeInbound(bytes);
        }
        List<WebSocketFrame> frames = new ArrayList<>();
        for (WebSocketFrame frame = client.readInbound(); frame != null; frame = client.readInbound()) {
            frames.add(frame);
        }
        return frames;
    }

    private static ByteBuf bytes(int... values) {
        ByteBuf bytes = Unpooled.buffer();
        IntStream.of(values).forEach(bytes::writeByte);
        return bytes;
    }

    @Test
    void ofSeveralPingsTheLastIsAnswered() throws Exception {
        receive(new PingWebSocketFrame(bytes(1)), new PingWebSocketFrame(bytes(2, 3)));

        assertThat(sent()).singleElement().isInstanceOfSatisfying(PongWebSocketFrame.class, pong -> {
            assertThat(pong.content()).isEqualTo(bytes(2, 3));
            pong.release();
        });
    }

    @Test
    void aPongIsHeardOfByNobody() throws Exception {
        receive(new PongWebSocketFrame());

        assertThat(sent()).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void whatHadBeenReadWhenTheTapWasShutComesInOrderAfterItIsOpened() throws Exception {
        receive(text("pause"), text("a"), text("pause again"), text("b"));
        assertThat(heard).containsExactly("pause");
        assertThat(channel.config().isAutoRead()).isFalse();

        onLoop(handler::resume);
        assertThat(heard).containsExactly("pause", "a", "pause again");
        assertThat(channel.config().isAutoRead()).isFalse();

        onLoop(handler::resume);
        assertThat(heard).containsExactly("pause", "a", "pause again", "b");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void aTapThatIsShutForAMomentInWhichNothingComesNeverReachesTheSocket() throws Exception {
        receive(text("pause"));
        assertThat(channel.config().isAutoRead()).isTrue();

        onLoop(handler::resume);
        receive(text("a"));

        assertThat(heard).containsExactly("pause", "a");
    }

    @Test
    void aPeerThatClosesGetsItsOwnCodeBackAndTheConnectionEnds() throws Exception {
        receive(new CloseWebSocketFrame(4000, "enough"));

        assertThat(closeCodes()).containsExactly(4000);
        assertThat(channel.isOpen()).isFalse();
        assertThat(heard).containsExactly("ending", "closed");
    }

    @Test
    void aPeerThatClosesWithoutACodeGetsNone() throws Exception {
        receive(new CloseWebSocketFrame());

        assertThat(closeCodes()).containsExactly(-1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theConnectionEndsWhenThePeerAgreesToItsEnd() throws Exception {
        onLoop(() -> handler.close(4401, "who are you"));
        assertThat(closeCodes()).containsExactly(4401);
        assertThat(channel.isOpen()).isTrue();

        receive(new CloseWebSocketFrame(4401, ""));

        assertThat(channel.isOpen()).isFalse();
        assertThat(sent()).isEmpty();
        assertThat(heard).containsExactly("ending", "closed");
    }

    @Test
    void aPeerThatDoesNotAgreeIsCutOff() throws Exception {
        onLoop(() -> handler.close(4401, "who are you"));
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        onLoop(channel::runScheduledPendingTasks);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theEndOpensTheTapSoThatThePeerIsHeard() throws Exception {
        receive(text("pause"), text("a"));
        onLoop(() -> handler.close(4401, "who are you"));
        assertThat(channel.config().isAutoRead()).isTrue();

        receive(new CloseWebSocketFrame(4401, ""));

        assertThat(channel.isOpen()).isFalse();
        assertThat(heard).containsExactly("pause", "ending", "closed");
    }

    @Test
    void whoPilesUpFramesBehindAShutTapIsCutOff() throws Exception {
        receive(text("pause"));
        for (int i = 0; i < 2_000 && channel.isOpen(); i++) {
            receive(text(""));
        }

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aListenerThatFailsAtTheEndDoesNotKeepTheConnection() throws Exception {
        failing = true;
        onLoop(() ->
                assertThatThrownBy(() -> handler.close(4401, "who are you")).hasMessage("no memory"));
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        onLoop(channel::runScheduledPendingTasks);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theEndIsSaidOnce() throws Exception {
        onLoop(() -> {
            handler.close(4401, "first");
            handler.close(4408, "second");
            handler.fail(1002, "third");
        });

        assertThat(closeCodes()).containsExactly(4401);
    }

    @Test
    void whatCannotBeUnderstoodEndsTheConnectionAtOnceWithACode() throws Exception {
        onLoop(() -> channel.pipeline().fireExceptionCaught(new IllegalStateException("no frame")));
        onLoop(() -> handler.fail(1002, "no frame"));

        assertThat(closeCodes()).containsExactly(1002);
        assertThat(channel.isOpen()).isFalse();
        assertThat(heard).containsExactly("no frame", "ending", "closed");
    }

    private List<Integer> closeCodes() {
        return sent().stream()
                .map(CloseWebSocketFrame.class::cast)
                .map(frame -> {
                    int code = frame.statusCode();
                    frame.release();
                    return code;
                })
                .toList();
    }

    private static TextWebSocketFrame text(String text) {
        return new TextWebSocketFrame(text);
    }
}

package io.parley.server.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.parley.server.session.FrameAssembler.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameAssemblerTest {
    private final FrameAssembler assembler = new FrameAssembler(100);
    private final List<String> messages = new ArrayList<>();

    private Outcome text(String text, boolean last) {
        return add(new TextWebSocketFrame(last, 0, text));
    }

    private Outcome more(String text, boolean last) {
        return add(new ContinuationWebSocketFrame(last, 0, text));
    }

    private Outcome add(WebSocketFrame frame) {
        return assembler.add(frame, bytes -> messages.add(new String(bytes, UTF_8)));
    }

    @Test
    void aWholeFrameIsAMessage() {
        assertThat(text("{}", true)).isEqualTo(Outcome.FINE);
        assertThat(messages).containsExactly("{}");
    }

    @Test
    void fragmentsArePutTogetherEvenInsideACharacter() {
        byte[] smile = "😀".getBytes(UTF_8);
        text("a", false);
        add(new ContinuationWebSocketFrame(false, 0, Unpooled.wrappedBuffer(smile, 0, 2)));
        add(new ContinuationWebSocketFrame(false, 0, Unpooled.wrappedBuffer(smile, 2, 2)));
        assertThat(messages).isEmpty();

        more("", true);

        assertThat(messages).containsExactly("a😀");
    }

    @Test
    void messagesDoNotMix() {
        text("a", false);
        more("b", true);
        text("c", true);
        text("", false);
        more("d", true);

        assertThat(messages).containsExactly("ab", "c", "d");
    }

    @Test
    void aMessageOfTheMostBytesIsFineAndOneMoreIsNot() {
        assertThat(text("a".repeat(100), true)).isEqualTo(Outcome.FINE);
        assertThat(text("a".repeat(101), true)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(messages).hasSize(1);
    }

    @Test
    void theLimitHoldsOverAllFragments() {
        assertThat(text("a".repeat(60), false)).isEqualTo(Outcome.FINE);
        assertThat(more("a".repeat(40), false)).isEqualTo(Outcome.FINE);
        assertThat(more("a", true)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(messages).isEmpty();
    }

    @Test
    void endlessEmptyFragmentsAreTooLargeToo() {
        text("", false);
        Outcome outcome = Outcome.FINE;
        int fragments = 1;
        while (outcome == Outcome.FINE && fragments < 1_000) {
            outcome = more("", false);
            fragments++;
        }

        assertThat(outcome).isEqualTo(Outcome.TOO_LARGE);
        assertThat(fragments).isLessThan(1_000);
    }

    @Test
    void aBinaryMessageIsToldAtItsEnd() {
        assertThat(add(new BinaryWebSocketFrame(false, 0, Unpooled.wrappedBuffer(new byte[] {1}))))
                .isEqualTo(Outcome.FINE);
        assertThat(more("b", true)).isEqualTo(Outcome.BINARY);
        assertThat(text("{}", true)).isEqualTo(Outcome.FINE);
        assertThat(messages).containsExactly("{}");
    }
}

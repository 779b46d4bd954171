package io.parley.server.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventStreamFramingTest {
    private final Deque<String> positions = new ArrayDeque<>();
    private final EventStreamFraming framing = new EventStreamFraming(positions::poll);

    private String written(String... messages) {
        List<TextFrame> frames = Arrays.stream(messages)
                .map(message -> TextFrame.of(Buffer.buffer(message)))
                .toList();
        int bytes = frames.stream().mapToInt(TextFrame::length).sum();
        ByteBuf out = Unpooled.buffer(framing.length(bytes, frames.size()));
        int expected = out.capacity();
        framing.write(frames, out);
        assertThat(out.capacity()).as("not made larger").isEqualTo(expected);
        return out.toString(UTF_8);
    }

    @Test
    void eachMessageIsAnEvent() {
        assertThat(written("{\"n\":1}", "{\"ü\":2}")).isEqualTo("data: {\"n\":1}\n\ndata: {\"ü\":2}\n\n");
    }

    @Test
    void theLastOfThoseThatGoTogetherSaysWhereTheyEnd() {
        positions.add("AbC-_");

        assertThat(written("{}", "[]")).isEqualTo("data: {}\n\nid: AbC-_\ndata: []\n\n");
        assertThat(written("{}")).as("nothing new").isEqualTo("data: {}\n\n");
    }

    @Test
    void aBreakOutsideOfTextsDoesNotEndTheLine() {
        assertThat(written("{\r\n \"n\":\n\"a\\nb\"}")).isEqualTo("data: {   \"n\": \"a\\nb\"}\n\n");
    }

    @Test
    void aSignOfLifeIsNoEventButMovesThePosition() {
        positions.add("P");

        assertThat(framing.heartbeat().toString(UTF_8)).isEqualTo(":\nid: P\n\n");
        assertThat(framing.heartbeat().toString(UTF_8)).isEqualTo(":\n\n");
    }

    @Test
    void adviceAndTheEndAreSaidAsTheStandardHasIt() {
        TextFrame closed = Replies.closed(CloseCode.TOO_SLOW);

        assertThat(EventStreamFraming.retry(1500).toString(UTF_8)).isEqualTo("retry: 1500\n\n");
        assertThat(EventStreamFraming.last(closed).toString(UTF_8))
                .isEqualTo("data: {\"type\":\"closed\",\"code\":4408,\"reason\":\"too slow, resume\"}\n\n");
    }

    @Test
    void messagesOfAnyLengthFit() {
        for (int length : new int[] {0, 125, 126, 65_535, 65_536, 1 << 20}) {
            String text = "\"" + "x".repeat(length) + "\"";
            positions.add("p".repeat(44));
            assertThat(written(text, text)).hasSize(2 * (text.length() + 8) + 49);
        }
    }
}

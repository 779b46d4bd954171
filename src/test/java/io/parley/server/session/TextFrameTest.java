package io.parley.server.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever reads by RFC 6455 gets what was put in, at each length at which the header changes. */
class TextFrameTest {
    private static TextFrame frame(String text) {
        return TextFrame.of(Buffer.buffer(text));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 1 << 20})
    void aMessageIsReadAsItWasWritten(int length) {
        String text = "x".repeat(length);

        assertThat(Wire.text(frame(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 61, 62, 125, 126, 32_765, 32_766, 32_767, 65_536, 1 << 19})
    void messagesAreJoinedToOneArrayWhateverTheirLengths(int length) {
        List<String> texts = Stream.of("a".repeat(length), "ü", "b".repeat(length))
                .map(text -> "\"" + text + "\"")
                .toList();
        List<TextFrame> frames = texts.stream().map(TextFrameTest::frame).toList();
        int most = TextFrame.lengthJoined(
                frames.stream().mapToInt(TextFrame::length).sum(), frames.size());

        ByteBuf out = Unpooled.buffer(most, most);
        TextFrame.writeJoined(frames, out);
        byte[] wire = new byte[out.readableBytes()];
        out.readBytes(wire);

        assertThat(Wire.text(new TextFrame(wire)).getBytes(UTF_8))
                .isEqualTo(texts.stream()
                        .collect(Collectors.joining(",", "[", "]"))
                        .getBytes(UTF_8));
    }
}

package io.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private final RecordCodec codec = new RecordCodec();

    private <T extends Record> T overTheWire(T value, Class<T> type) {
        Buffer wire = Buffer.buffer("before");
        codec.encodeToWire(wire, value);
        wire.appendString("after");
        return Json.decode((Buffer) codec.decodeFromWire("before".length(), wire), type);
    }

    @Test
    void aFrameSurvivesTheWireByteForByte() {
        Frame frame = new Frame(
                UUID.randomUUID(),
                Long.MAX_VALUE,
                17,
                List.of(new Frame.Joining(UUID.randomUUID(), 3)),
                List.of(),
                Buffer.buffer("{\"text\":\"aß€😀\"}"),
                System.nanoTime());

        assertThat(overTheWire(frame, Frame.class)).isEqualTo(frame);
    }

    @Test
    void aPersonalFrameSurvivesTheWire() {
        PersonalFrame frame = new PersonalFrame(UUID.randomUUID(), 4, true, Buffer.buffer("{}"));

        assertThat(overTheWire(frame, PersonalFrame.class)).isEqualTo(frame);
    }

    @Test
    void nothingSurvivesTheWire() {
        assertThat(overTheWire(Nothing.NOTHING, Nothing.class)).isEqualTo(Nothing.NOTHING);
    }

    @Test
    void insideANodeNothingIsCopied() {
        Frame frame = Frame.of(UUID.randomUUID(), 1, 1, Buffer.buffer(), 0);

        assertThat(codec.transform(frame)).isSameAs(frame);
    }
}

package io.parley.loadtest.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
    private final List<String> seen = new ArrayList<>();

    private final FrameReader.Receiver receiver = new FrameReader.Receiver() {
        @Override
        public void text(byte[] bytes, int from, int to) {
            seen.add(new String(bytes, from, to - from, UTF_8));
        }

        @Override
        public void ping(byte[] bytes, int from, int to) {
            seen.add("ping");
        }

        @Override
        public void closing(int code) {
            seen.add("close " + code);
        }
    };

    /** As the server sees a client's frame: undoes the mask. */
    private static byte[] unmasked(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        int length = bytes[1] & 0x7f;
        int header = length == 127 ? 10 : length == 126 ? 4 : 2;
        assertThat(bytes[1]).isNegative();
        byte[] plain = Arrays.copyOf(bytes, bytes.length - 4);
        plain[1] = (byte) length;
        for (int i = header; i < plain.length; i++) {
            plain[i] = (byte) (bytes[i + 4] ^ bytes[header + (i - header) % 4]);
        }
        return plain;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 200_000})
    void whatIsWrittenIsRead(int length) {
        String text = "é".repeat(length / 2) + "x".repeat(length % 2);
        byte[] frame = unmasked(new FrameWriter().begin().add(text).text());

        assertThat(FrameReader.read(frame, 0, frame.length, receiver)).isEqualTo(frame.length);
        assertThat(seen).containsExactly(text);
    }

    @Test
    void incompleteFramesWait() {
        byte[] first = unmasked(new FrameWriter().begin().add("first").text());
        byte[] second = unmasked(new FrameWriter().begin().add("y".repeat(300)).text());
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);

        for (int to = first.length; to < both.length; to++) {
            assertThat(FrameReader.read(both, first.length, to, receiver)).isEqualTo(first.length);
        }
        assertThat(seen).isEmpty();
        assertThat(FrameReader.read(both, 0, both.length, receiver)).isEqualTo(both.length);
        assertThat(seen).hasSize(2);
    }

    @Test
    void controlFramesAreToldApart() {
        byte[] frames = {(byte) 0x89, 0, (byte) 0x88, 2, 0x11, 0x38, (byte) 0x88, 0};

        FrameReader.read(frames, 0, frames.length, receiver);

        assertThat(seen).containsExactly("ping", "close 4408", "close 1005");
    }

    @Test
    void fragmentsAreRefused() {
        byte[] fragment = {1, 1, 'x'};

        assertThatThrownBy(() -> FrameReader.read(fragment, 0, 3, receiver)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void numbersAndIdsAreWrittenAsText() {
        UUID id = UUID.fromString("019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01");
        FrameWriter writer = new FrameWriter().begin();
        writer.add(0L).add(" ".getBytes(UTF_8)).add(Long.MAX_VALUE).add(" ".getBytes(UTF_8));
        writer.addUuid(id.getMostSignificantBits(), id.getLeastSignificantBits());

        byte[] frame = unmasked(writer.text());
        FrameReader.read(frame, 0, frame.length, receiver);

        assertThat(seen).containsExactly("0 9223372036854775807 " + id);
        byte[] text = id.toString().toUpperCase(java.util.Locale.ROOT).getBytes(UTF_8);
        assertThat(UuidText.high(text, 0)).isEqualTo(id.getMostSignificantBits());
        assertThat(UuidText.low(text, 0)).isEqualTo(id.getLeastSignificantBits());
    }
}

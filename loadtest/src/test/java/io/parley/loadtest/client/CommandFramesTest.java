package io.parley.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parley.loadtest.wire.FrameWriter;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommandFramesTest {
    private final FrameWriter writer = new FrameWriter();
    private final UUID room = UUID.randomUUID();

    /** Takes off the header and the mask. */
    private static JsonNode json(ByteBuffer frame) throws JsonProcessingException {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        int header = (bytes[1] & 0x7f) == 126 ? 4 : 2;
        byte[] text = new byte[bytes.length - header - 4];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (bytes[header + 4 + i] ^ bytes[header + i % 4]);
        }
        return new ObjectMapper().readTree(new String(text, UTF_8));
    }

    @Test
    void commandsAreAsTheContractHasThem() throws JsonProcessingException {
        String conversation = ",\"conversation\":\"" + room + "\"";

        is(CommandFrames.hello(writer, "t", null, false), "{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"t\"}");
        is(
                CommandFrames.hello(writer, "t", "abc".getBytes(UTF_8), true),
                "{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"t\",\"cursor\":\"abc\",\"batch\":true}");
        is(
                CommandFrames.changes(writer, 3, room, 41),
                "{\"type\":\"changes\",\"id\":\"c3\"" + conversation + ",\"after\":41}");
        is(
                CommandFrames.typing(writer, room),
                "{\"type\":\"typing\",\"id\":\"typing\"" + conversation + ",\"active\":true}");
        is(
                CommandFrames.read(writer, room),
                "{\"type\":\"read\",\"id\":\"read\"" + conversation + ",\"number\":2000000000}");
        is(CommandFrames.presence(writer, true), "{\"type\":\"presence.set\",\"id\":\"presence\",\"status\":\"busy\"}");
        is(CommandFrames.renew(writer, "t"), "{\"type\":\"renew\",\"id\":\"renew\",\"token\":\"t\"}");
        is(CommandFrames.ping(writer), "{\"type\":\"ping\",\"id\":\"ping\"}");
    }

    private static void is(ByteBuffer frame, String expected) throws JsonProcessingException {
        assertThat(json(frame)).isEqualTo(new ObjectMapper().readTree(expected));
    }
}

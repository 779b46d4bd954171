package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.client.RawFrame;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that break RFC 6455, or keep to it and mean harm. */
@ExtendWith(RunningNode.class)
class FrameAbuseIT {
    private static final int TOO_LARGE = 4413;
    private static final int MEGABYTE = 1 << 20;
    private static final String PING = "{\"type\":\"ping\",\"id\":\"p\"}";

    private final Intruder intruder;

    FrameAbuseIT(RunningNode.Site site) {
        this.intruder = new Intruder(site);
    }

    @AfterEach
    void theNodeIsWell() {
        intruder.requireHealth();
        intruder.close();
    }

    static Stream<Arguments> brokenFrames() {
        RawFrame text = RawFrame.text(PING);
        Buffer long126 = Buffer.buffer(new byte[126]);
        return Stream.of(
                Arguments.of("not masked", text.unmasked()),
                Arguments.of("reserved bit 1", text.withRsv(4)),
                Arguments.of("reserved bit 2", text.withRsv(2)),
                Arguments.of("reserved bit 3", text.withRsv(1)),
                Arguments.of("reserved opcode 3", text.withOpcode(3)),
                Arguments.of("reserved opcode 11", text.withOpcode(11)),
                Arguments.of("ping of 126 bytes", RawFrame.of(RawFrame.PING, long126)),
                Arguments.of(
                        "ping in parts",
                        RawFrame.of(RawFrame.PING, Buffer.buffer("x")).withFin(false)),
                Arguments.of("continuation of nothing", text.withOpcode(RawFrame.CONTINUATION)),
                Arguments.of("length of 2^63", text.declaring(Long.MIN_VALUE)),
                Arguments.of("length of 2^62", text.declaring(1L << 62)),
                Arguments.of("length of 1 GB", text.declaring(1L << 30)),
                Arguments.of("close of one byte", RawFrame.of(RawFrame.CLOSE, Buffer.buffer("x"))),
                Arguments.of("close with code 5", RawFrame.of(RawFrame.CLOSE, Buffer.buffer(new byte[] {0, 5}))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenFrames")
    void aBrokenFrameEndsTheConnection(String what, RawFrame frame) {
        RawSocket socket = intruder.signedIn();

        await(socket.send(frame));

        assertThat(Intruder.closeCode(socket)).as(what).isNotEqualTo(1000);
        assertThat(socket.find("id", "p")).as(what).isEmpty();
    }

    @Test
    void aMessageWithinAMessageEndsTheConnection() {
        RawSocket socket = intruder.signedIn();

        await(socket.send(RawFrame.text("{\"type\":").withFin(false)));
        await(socket.send(RawFrame.text(PING)));

        Intruder.closeCode(socket);
        assertThat(socket.find("id", "p")).isEmpty();
    }

    @Test
    void bytesThatAreNoUtf8AreNoText() {
        RawSocket socket = intruder.signedIn();

        await(socket.send(RawFrame.of(RawFrame.TEXT, Buffer.buffer(new byte[] {'"', (byte) 0xC3, 0x28, '"'}))));

        Intruder.patiently()
                .until(() -> socket.isClosed() || socket.find("type", "error").isPresent());
    }

    @Test
    void aCharacterCutByTheFrameBorderIsStillOne() {
        RawSocket socket = intruder.signedIn();
        byte[] bytes = "{\"type\":\"ping\",\"id\":\"pü\"}".getBytes(StandardCharsets.UTF_8);

        await(socket.send(
                RawFrame.of(RawFrame.TEXT, Buffer.buffer(bytes).slice(0, 23)).withFin(false)));
        await(socket.send(
                RawFrame.of(RawFrame.CONTINUATION, Buffer.buffer(bytes).slice(23, bytes.length))));

        assertThat(Intruder.reply(socket, "pü").path("type").asText()).isEqualTo("pong");
    }

    @Test
    void aBinaryFrameIsNoCommand() {
        RawSocket socket = intruder.signedIn();

        await(socket.send(RawFrame.of(RawFrame.BINARY, Buffer.buffer(PING))));

        Intruder.patiently()
                .until(() -> socket.isClosed() || socket.find("type", "error").isPresent());
        assertThat(socket.find("id", "p")).isEmpty();
    }

    @Test
    void aFrameLongerThanAllowedIsRefusedBeforeItIsRead() {
        RawSocket socket = intruder.signedIn();

        await(socket.send(RawFrame.of(RawFrame.TEXT, Buffer.buffer(new byte[MEGABYTE]))));

        assertThat(Intruder.closeCode(socket)).isIn(TOO_LARGE, RawSocket.NO_CLOSE_FRAME);
    }

    @Test
    void aMessageThatNeverEndsIsRefused() {
        RawSocket socket = intruder.signedIn();
        Buffer part = Buffer.buffer(new byte[8_000]);

        Future<Void> sent = socket.send(RawFrame.of(RawFrame.TEXT, part).withFin(false));
        for (int i = 0; i < 100; i++) {
            sent = socket.send(RawFrame.of(RawFrame.CONTINUATION, part).withFin(false));
        }

        assertThat(Intruder.closeCode(socket)).isIn(TOO_LARGE, RawSocket.NO_CLOSE_FRAME);
        assertThat(sent).isNotNull();
    }

    @Test
    void aMillionEmptyPartsOfOneMessageCostNothing() {
        RawSocket socket = intruder.signedIn();
        Buffer empty = RawFrame.of(RawFrame.CONTINUATION, Buffer.buffer())
                .withFin(false)
                .encode();
        Buffer many = Buffer.buffer();
        for (int i = 0; i < 10_000; i++) {
            many.appendBuffer(empty);
        }

        await(socket.send(RawFrame.text("{").withFin(false)));
        for (int i = 0; i < 100 && !socket.isClosed(); i++) {
            var unused = await(socket.write(many).otherwiseEmpty());
        }
    }

    @Test
    void compressionIsNeitherAgreedNorUndone() throws IOException {
        RawSocket socket = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));

        String answer = await(socket.handshake(
                intruder.server(),
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame"));
        await(socket.send(RawFrame.of(RawFrame.TEXT, bomb()).withRsv(4)));

        assertThat(answer).startsWith("HTTP/1.1 101").doesNotContainIgnoringCase("extensions");
        Intruder.closeCode(socket);
    }

    /** Some ten kilobytes that become sixteen megabytes. */
    private static Buffer bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes, new Deflater(9, true))) {
            for (int i = 0; i < 16; i++) {
                deflated.write(new byte[MEGABYTE]);
            }
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    @Test
    void aFloodOfPingsWithoutReadingIsCutOff() {
        RawSocket socket = intruder.signedIn();
        socket.pause();
        Buffer pings = Buffer.buffer();
        for (int i = 0; i < 1_000; i++) {
            pings.appendBuffer(RawFrame.text(PING).encode());
        }

        Future<Void> last = Future.succeededFuture();
        for (int i = 0; i < 300; i++) {
            last = socket.write(pings);
        }
        socket.resume();

        Intruder.patiently()
                .until(() ->
                        socket.isClosed() || socket.texts().stream().anyMatch(text -> text.contains("rate_limited")));
        assertThat(last).isNotNull();
    }
}

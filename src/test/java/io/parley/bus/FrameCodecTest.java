package io.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private List<UUID> ids() {
        List<UUID> ids = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            ids.add(id());
        }
        return ids;
    }

    private List<Frame.Joining> joining() {
        return ids().stream()
                .map(user -> new Frame.Joining(user, random.nextLong()))
                .toList();
    }

    private Buffer bytes() {
        byte[] bytes = new byte[random.nextInt(1000)];
        random.nextBytes(bytes);
        return Buffer.buffer(bytes);
    }

    /** As between nodes: something stands before it and behind it. */
    private static Buffer around(Buffer wire) {
        return Buffer.buffer("before").appendBuffer(wire).appendString("behind");
    }

    @RepeatedTest(50)
    void aFrameCrossesWithAllButTheClockOfItsNode() {
        Frame frame = new Frame(id(), random.nextLong(), random.nextLong(), joining(), ids(), bytes(), 7);
        Buffer wire = Buffer.buffer();
        new FrameCodec().encodeToWire(wire, frame);

        assertThat(new FrameCodec().decodeFromWire(6, around(wire)))
                .as("seed %d", seed)
                .isEqualTo(new Frame(
                        frame.conversation(),
                        frame.version(),
                        frame.lastNumber(),
                        frame.joining(),
                        frame.leaving(),
                        frame.bytes(),
                        0));
    }

    @Test
    void theEndOfAConversationIsKnownAsThatOnTheOtherSide() {
        Frame frame = Frame.ending(id(), 7, 5, bytes());
        Buffer wire = Buffer.buffer();
        new FrameCodec().encodeToWire(wire, frame);

        assertThat(new FrameCodec().decodeFromWire(6, around(wire))).isEqualTo(frame);
    }

    @RepeatedTest(20)
    void whatMayBeDroppedIsKnownAsThatOnTheOtherSide() {
        Frame frame = random.nextBoolean()
                ? Frame.asked(id(), bytes())
                : Frame.passing(id(), random.nextBoolean() ? id() : null, bytes());
        Buffer wire = Buffer.buffer();
        new FrameCodec().encodeToWire(wire, frame);

        assertThat(new FrameCodec().decodeFromWire(6, around(wire)))
                .as("seed %d", seed)
                .isEqualTo(frame);
    }

    @RepeatedTest(5)
    void theOldestMessageIsKnownOnTheOtherSide() {
        Frame frame = Frame.passing(id(), null, bytes()).from(1 + random.nextInt(9));
        Buffer wire = Buffer.buffer();
        new FrameCodec().encodeToWire(wire, frame);

        assertThat(new FrameCodec().decodeFromWire(6, around(wire)))
                .as("seed %d", seed)
                .isEqualTo(frame);
    }

    @RepeatedTest(5)
    void aReadReceiptIsKnownAsThatOnTheOtherSide() {
        Frame frame = Frame.readReceipt(id(), bytes());
        Buffer wire = Buffer.buffer();
        new FrameCodec().encodeToWire(wire, frame);

        assertThat(new FrameCodec().decodeFromWire(6, around(wire)))
                .as("seed %d", seed)
                .isEqualTo(frame);
    }

    @RepeatedTest(20)
    void aPersonalFrameCrossesWhole() {
        PersonalFrame.Gained gained =
                random.nextBoolean() ? new PersonalFrame.Gained(id(), random.nextLong(), random.nextLong()) : null;
        Closing closing = new Closing(
                random.nextBoolean(),
                Stream.generate(this::id).limit(random.nextInt(3)).toList(),
                random.nextBoolean() ? Instant.ofEpochSecond(random.nextInt()) : null);
        Boolean readReceipts = random.nextBoolean() ? random.nextBoolean() : null;
        PersonalFrame frame = new PersonalFrame(id(), random.nextLong(), closing, gained, readReceipts, bytes());
        Buffer wire = Buffer.buffer();
        new PersonalFrameCodec().encodeToWire(wire, frame);

        assertThat(new PersonalFrameCodec().decodeFromWire(6, around(wire)))
                .as("seed %d", seed)
                .isEqualTo(frame);
    }

    @Test
    void insideANodeNothingIsCopied() {
        Frame frame = Frame.of(id(), 1, 1, bytes(), 0);

        assertThat(new FrameCodec().transform(frame)).isSameAs(frame);
    }
}

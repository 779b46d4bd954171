package io.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
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

    @RepeatedTest(20)
    void whatMayBeDroppedIsKnownAsThatOnTheOtherSide() {
        Frame frame = Frame.passing(id(), random.nextBoolean() ? id() : null, bytes());
        Buffer wire = Buffer.buffer();
        new FrameCodec().encodeToWire(wire, frame);

        assertThat(new FrameCodec().decodeFromWire(6, around(wire)))
                .as("seed %d", seed)
                .isEqualTo(frame);
    }

    @RepeatedTest(20)
    void aPersonalFrameCrossesWhole() {
        PersonalFrame.Gained gained = random.nextBoolean() ? new PersonalFrame.Gained(id(), random.nextLong()) : null;
        PersonalFrame frame = new PersonalFrame(id(), random.nextLong(), random.nextBoolean(), gained, bytes());
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

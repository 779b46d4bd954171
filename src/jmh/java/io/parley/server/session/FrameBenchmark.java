package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What an event costs before it is written: its JSON, its frame, its place among others of a turn. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FrameBenchmark {
    private final Event event =
            new Event("message.created", UUID.randomUUID(), 42, UUID.randomUUID(), "x".repeat(300), Instant.now());
    private final Buffer message = Json.encode(event);
    private final byte[] command = ("{\"type\":\"message.send\",\"id\":\"17\",\"conversation\":\"" + UUID.randomUUID()
                    + "\",\"message\":{\"id\":\"" + UUID.randomUUID() + "\",\"type\":\"text\",\"text\":\""
                    + "x".repeat(300)
                    + "\"}}")
            .getBytes(StandardCharsets.UTF_8);
    private final List<TextFrame> eight = Collections.nCopies(8, TextFrame.of(message));
    private final int length = TextFrame.lengthJoined(8 * eight.getFirst().length(), 8);

    /** As large as that of a new message. */
    record Event(String type, UUID conversation, long version, UUID sender, String text, Instant createdAt) {}

    @Benchmark
    public Buffer encodeEvent() {
        return Json.encode(event);
    }

    @Benchmark
    public Object frameEvent() {
        return TextFrame.of(message);
    }

    @Benchmark
    public Object parseCommand() {
        return Json.parse(command);
    }

    @Benchmark
    public int joinEight() {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(length);
        TextFrame.writeJoined(eight, out);
        int written = out.readableBytes();
        out.release();
        return written;
    }
}

package io.parley.server.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.parley.bus.Frame;
import io.parley.server.auth.Principal;
import io.parley.support.Ids;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One event from the hub to the sockets of a room on one loop, with sockets that cost nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FanOutBenchmark {
    private static final UUID ROOM = new UUID(0, 1);

    @Param({"10", "1000", "10000"})
    private int receivers;

    /** So many in a hundred come for their events, all others have a socket. */
    @Param({"0", "5"})
    private int polls;

    private final Buffer event = Buffer.buffer("{\"type\":\"message.created\",\"text\":\"" + "x".repeat(400) + "\"}");
    private Lab lab;
    private long version;

    /** Takes everything at once. */
    private static final class Nowhere extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void flush(ChannelHandlerContext context) {}
    }

    @Setup
    public void open() {
        lab = new Lab(1);
        Flusher flusher = new Flusher(lab.context(0));
        lab.onLoop(0, () -> {
            for (int i = 0; i < receivers; i++) {
                Outbox outbox = i % 100 < polls ? fetched(flusher) : socket(flusher);
                Session session = new Session(Ids.next(), lab.loops.getFirst(), lab.bus, outbox, code -> {});
                session.enter(new Principal(Lab.TENANT, Ids.next(), Instant.MAX), null);
                session.join(ROOM, 0, 0, 1, 0);
                session.begin();
            }
        });
    }

    private static Outbox socket(Flusher flusher) {
        return new SocketOutbox(
                new EmbeddedChannel(new Nowhere()), WebSocketFraming.SINGLE, flusher, 1 << 20, () -> {});
    }

    /** Whose client comes after each turn. */
    private static Outbox fetched(Flusher flusher) {
        Mailbox[] own = new Mailbox[1];
        own[0] = new Mailbox(flusher, 1 << 20, () -> own[0].acknowledge(own[0].last()), () -> {});
        return own[0];
    }

    @Benchmark
    public void deliver() {
        lab.loops.getFirst().deliver(Frame.of(ROOM, ++version, version, event, 0));
        lab.onLoop(0, () -> {});
    }

    @TearDown
    public void close() {
        lab.close();
    }
}

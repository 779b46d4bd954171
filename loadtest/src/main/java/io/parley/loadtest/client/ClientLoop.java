package io.parley.loadtest.client;

import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Positions;
import io.parley.loadtest.wire.FrameWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * A thread with its share of the clients: connects them, reads what they get, and keeps them alive. All methods but
 * {@link #ask}, {@link #stop} and {@link #thread} run on this thread.
 */
final class ClientLoop {
    private static final int READ_BYTES = 256 * 1024;
    private static final long WAIT_MS = 100;
    private static final long NANOS_PER_MS = 1_000_000;

    private final Selector selector;
    private final Inbox inbox;
    private final InvariantCheck check;
    private final int connectWindow;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Opening> openings = new ArrayDeque<>();
    private final List<LoadClient> clients = new ArrayList<>();
    private final ByteBuffer direct = ByteBuffer.allocateDirect(READ_BYTES);
    private final FrameWriter writer = new FrameWriter();
    private byte[] bytes = new byte[READ_BYTES];
    private long nowNanos;
    private int connecting;
    private int ready;
    private int refused;
    private Histogram connects = Histograms.make();
    private long heartbeatMs = 25_000;
    private double beatsOwed;
    private long beatenAt = System.nanoTime();
    private int beaten;
    private volatile boolean stopped;

    /** A client that is to connect when it is its turn. */
    interface Opening {
        LoadClient open(ClientLoop loop, Selector selector) throws IOException;
    }

    /** @param connectWindow connections under way at once */
    ClientLoop(String name, Inbox inbox, InvariantCheck check, int connectWindow) {
        this.inbox = inbox;
        this.check = check;
        this.connectWindow = connectWindow;
        try {
            selector = Selector.open();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    Thread thread() {
        return thread;
    }

    Inbox inbox() {
        return inbox;
    }

    InvariantCheck check() {
        return check;
    }

    FrameWriter writer() {
        return writer;
    }

    /** When the bytes that are being looked at were read. */
    long nowNanos() {
        return nowNanos;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Runs on the loop what is given, and hands the result back. */
    <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        tasks.add(() -> answer.completeAsync(question, Runnable::run));
        selector.wakeup();
        return answer;
    }

    void stop() {
        stopped = true;
        selector.wakeup();
    }

    private void run() {
        try {
            while (!stopped) {
                selector.select(openings.isEmpty() ? WAIT_MS : 1);
                pass();
            }
            clients.forEach(LoadClient::end);
            selector.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void pass() {
        long started = System.nanoTime();
        if (!selector.selectedKeys().isEmpty()) {
            selector.selectedKeys().forEach(key -> ((LoadClient) key.attachment()).selected());
            selector.selectedKeys().clear();
            inbox.recorder().passed(System.nanoTime() - started);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        while (connecting < connectWindow && !openings.isEmpty()) {
            open(openings.remove());
        }
        beat(started);
    }

    private void open(Opening opening) {
        connecting++;
        try {
            clients.add(opening.open(this, selector));
        } catch (IOException failed) {
            closed(false, String.valueOf(failed.getMessage()));
        }
    }

    void open(List<Opening> more) {
        openings.addAll(more);
        ready = 0;
        refused = 0;
        connects = Histograms.make();
    }

    /**
     * Reads what there is behind what was left over from before.
     *
     * @return how many {@link #bytes} there are now, -1 if the connection has ended
     */
    int read(SocketChannel channel, byte[] rest) throws IOException {
        int count = channel.read(direct.clear());
        nowNanos = System.nanoTime();
        if (count < 0) {
            return count;
        }
        direct.flip();
        int length = rest.length + count;
        if (length > bytes.length) {
            bytes = new byte[length * 2];
        }
        System.arraycopy(rest, 0, bytes, 0, rest.length);
        direct.get(bytes, rest.length, count);
        return length;
    }

    void heartbeat(int ms) {
        heartbeatMs = ms;
    }

    void ready(long nanos) {
        connecting--;
        ready++;
        Histograms.record(connects, nanos);
    }

    void closed(boolean wasReady, String reason) {
        if (!wasReady) {
            connecting--;
            refused++;
        }
        inbox.recorder().error((wasReady ? "closed: " : "not connected: ") + reason);
    }

    /** Pings all clients once in each heartbeat, evenly spread. */
    private void beat(long now) {
        beatsOwed += (double) (now - beatenAt) / (heartbeatMs * NANOS_PER_MS) * clients.size();
        beatenAt = now;
        for (; beatsOwed >= 1 && !clients.isEmpty(); beatsOwed--) {
            LoadClient client = clients.get(beaten++ % clients.size());
            if (client.isReady()) {
                client.beat(writer);
            }
        }
    }

    /** Of those that were told to open last: how many are ready, how many never will be, and how long it took. */
    record Connected(int ready, int refused, Histogram times) {}

    Connected connected() {
        return new Connected(ready, refused, connects.copy());
    }

    /** Where all sessions stand that are open. */
    List<Positions> positions() {
        return clients.stream()
                .filter(LoadClient::isReady)
                .map(LoadClient::positions)
                .toList();
    }
}

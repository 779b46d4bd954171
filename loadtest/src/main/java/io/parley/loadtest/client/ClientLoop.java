package io.parley.loadtest.client;

import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Positions;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.wire.FrameWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.UUID;
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
    private final ArrayDeque<LoadClient> openings = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final List<UUID> rooms;
    private final SendFrames frames;
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

    private record Timer(long atNanos, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.compare(atNanos - other.atNanos, 0);
        }
    }

    /** @param connectWindow connections under way at once */
    ClientLoop(String name, Inbox inbox, InvariantCheck check, List<UUID> rooms, Texts texts, int connectWindow) {
        this.inbox = inbox;
        this.check = check;
        this.rooms = rooms;
        this.frames = new SendFrames(rooms, texts);
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

    SendFrames frames() {
        return frames;
    }

    UUID room(int index) {
        return rooms.get(index);
    }

    Selector selector() {
        return selector;
    }

    List<LoadClient> clients() {
        return clients;
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
                selector.select(waitMs());
                pass();
            }
            clients.forEach(LoadClient::end);
            selector.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private long waitMs() {
        Timer next = timers.peek();
        if (next == null) {
            return openings.isEmpty() ? WAIT_MS : 1;
        }
        return Math.clamp((next.atNanos() - System.nanoTime()) / NANOS_PER_MS, 1, openings.isEmpty() ? WAIT_MS : 1);
    }

    private void pass() {
        long started = System.nanoTime();
        if (!selector.selectedKeys().isEmpty()) {
            selector.selectedKeys().forEach(key -> ((Link) key.attachment()).selected());
            selector.selectedKeys().clear();
            inbox.recorder().passed(System.nanoTime() - started);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        for (Timer due = timers.peek(); due != null && due.atNanos() - started <= 0; due = timers.peek()) {
            timers.remove().task().run();
        }
        while (connecting < connectWindow && !openings.isEmpty()) {
            connecting++;
            openings.remove().connect();
        }
        beat(started);
    }

    /** Runs a task here after so long, to some milliseconds. */
    void later(long nanos, Runnable task) {
        timers.add(new Timer(System.nanoTime() + nanos, task));
    }

    /** The client connects when it is its turn. */
    void enqueue(LoadClient client) {
        openings.add(client);
    }

    /** New clients, all to connect. */
    void open(List<LoadClient> more) {
        clients.addAll(more);
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

    /** @param again whether the session has been ready before */
    void ready(boolean again, long nanos) {
        connecting--;
        if (!again) {
            ready++;
            Histograms.record(connects, nanos);
        }
    }

    /** A session has ended for ever. */
    void closed(boolean wasReady, String reason) {
        if (!wasReady) {
            connecting--;
            refused++;
        }
        inbox.recorder().error((wasReady ? "closed: " : "not connected: ") + reason);
    }

    /** A session has ended, or could not begin, and will come back. */
    void away(boolean wasReady, String reason) {
        if (!wasReady) {
            connecting--;
        }
        inbox.recorder().note((wasReady ? "cut off: " : "not connected: ") + reason);
    }

    /** Pings all clients once in each heartbeat, evenly spread. */
    private void beat(long now) {
        beatsOwed += (double) (now - beatenAt) / (heartbeatMs * NANOS_PER_MS) * clients.size();
        beatenAt = now;
        for (; beatsOwed >= 1 && !clients.isEmpty(); beatsOwed--) {
            LoadClient client = clients.get(beaten++ % clients.size());
            if (client.isReady()) {
                client.beat();
            }
        }
    }

    /** Of those that were told to open last: how many are ready, how many never will be, and how long it took. */
    record Connected(int ready, int refused, Histogram times) {}

    Connected connected() {
        return new Connected(ready, refused, connects.copy());
    }

    Fleet.Standing standing() {
        int open = 0;
        int settled = 0;
        for (LoadClient client : clients) {
            open += client.isReady() ? 1 : 0;
            settled += client.isSettled() ? 1 : 0;
        }
        return new Fleet.Standing(open, settled);
    }

    /** Where all sessions stand that are open. */
    List<Positions> positions() {
        return clients.stream()
                .filter(LoadClient::isReady)
                .map(LoadClient::positions)
                .toList();
    }
}

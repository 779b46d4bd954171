package io.parley.loadtest.client;

import io.parley.loadtest.check.Positions;
import io.parley.loadtest.wire.FrameReader;
import io.parley.loadtest.wire.FrameWriter;
import io.parley.loadtest.wire.Upgrade;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One person's WebSocket. Everything runs on the thread of its loop, but {@link #send} may be called on any thread:
 * what the socket does not take at once waits here.
 */
final class LoadClient implements FrameReader.Receiver, Inbox.Session {
    private static final byte[] NOTHING = {};

    private final ClientLoop loop;
    private final Positions positions;
    private final String token;
    private final Endpoint endpoint;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final long startedNanos = System.nanoTime();
    private byte[] rest = NOTHING;
    private byte @Nullable [] unsent;
    private boolean upgraded;
    private int closeCode;
    private volatile State state = State.CONNECTING;

    enum State {
        CONNECTING,
        READY,
        CLOSED
    }

    /** Where a client connects to, and from which address of this machine; null: the system chooses. */
    record Endpoint(URI socket, @Nullable SocketAddress from, boolean batch) {
        InetSocketAddress server() {
            return new InetSocketAddress(socket.getHost(), socket.getPort());
        }
    }

    /** Begins to connect. */
    LoadClient(ClientLoop loop, Selector selector, Positions positions, String token, Endpoint endpoint)
            throws IOException {
        this.loop = loop;
        this.positions = positions;
        this.token = token;
        this.endpoint = endpoint;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (endpoint.from() != null) {
            channel.bind(endpoint.from());
        }
        boolean connected = channel.connect(endpoint.server());
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (connected) {
            connected();
        }
    }

    private void connected() {
        key.interestOps(SelectionKey.OP_READ);
        send(ByteBuffer.wrap(Upgrade.request(endpoint.socket())));
    }

    @Override
    public Positions positions() {
        return positions;
    }

    boolean isReady() {
        return state == State.READY;
    }

    /** The selector says that there is something to do. */
    void selected() {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                connected();
                return;
            }
            if (key.isWritable()) {
                flush();
            }
            if (key.isReadable()) {
                receive();
            }
        } catch (IOException | RuntimeException failed) {
            close(failed.toString());
        }
    }

    private void receive() throws IOException {
        int length = loop.read(channel, rest);
        if (length < 0) {
            close(closeCode == 0 ? "cut off" : "code " + closeCode);
            return;
        }
        byte[] bytes = loop.bytes();
        int done = upgraded ? 0 : upgrade(bytes, length);
        if (upgraded) {
            done = FrameReader.read(bytes, done, length, this);
        }
        rest = done == length ? NOTHING : Arrays.copyOfRange(bytes, done, length);
    }

    private int upgrade(byte[] bytes, int length) {
        int end = Upgrade.end(bytes, length);
        if (end > 0) {
            if (Upgrade.status(bytes) != 101) {
                throw new IllegalStateException("refused with HTTP status " + Upgrade.status(bytes));
            }
            upgraded = true;
            send(hello(loop.writer()));
        }
        return end;
    }

    private ByteBuffer hello(FrameWriter writer) {
        return writer.begin()
                .add("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"")
                .add(token)
                .add(endpoint.batch() ? "\",\"batch\":true}" : "\"}")
                .text();
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        loop.inbox().frame(this, bytes, from, to, loop.nowNanos());
    }

    @Override
    public void ping(byte[] bytes, int from, int to) {
        send(loop.writer().begin().add(bytes, from, to).pong());
    }

    @Override
    public void closing(int code) {
        closeCode = code;
    }

    @Override
    public void ready() {
        if (state == State.CONNECTING) {
            state = State.READY;
            loop.ready(System.nanoTime() - startedNanos);
        }
    }

    @Override
    public void heartbeat(int ms) {
        loop.heartbeat(ms);
    }

    @Override
    public void refused(String code) {
        if (state == State.CONNECTING) {
            close("hello refused: " + code);
        }
    }

    /** The ping of the messaging protocol. */
    void beat(FrameWriter writer) {
        send(writer.begin().add("{\"type\":\"ping\",\"id\":\"ping\"}").text());
    }

    /**
     * Writes what the socket takes and keeps a copy of the rest.
     *
     * @return false if the session is closed
     */
    synchronized boolean send(ByteBuffer frame) {
        if (state == State.CLOSED) {
            return false;
        }
        try {
            if (unsent == null) {
                channel.write(frame);
            }
        } catch (IOException broken) {
            // The loop finds out when it reads, and tells why.
            return false;
        }
        if (frame.hasRemaining()) {
            keep(frame);
        }
        return true;
    }

    private void keep(ByteBuffer frame) {
        int waiting = unsent == null ? 0 : unsent.length;
        byte[] all = unsent == null ? new byte[frame.remaining()] : Arrays.copyOf(unsent, waiting + frame.remaining());
        frame.get(all, waiting, frame.remaining());
        unsent = all;
        key.interestOpsOr(SelectionKey.OP_WRITE);
        key.selector().wakeup();
    }

    private synchronized void flush() throws IOException {
        if (unsent != null) {
            ByteBuffer frame = ByteBuffer.wrap(unsent);
            channel.write(frame);
            unsent = frame.hasRemaining() ? Arrays.copyOfRange(unsent, frame.position(), unsent.length) : null;
        }
        if (unsent == null) {
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
    }

    /** The connection has ended by itself. */
    private void close(String reason) {
        boolean wasReady = state == State.READY;
        if (end()) {
            loop.closed(wasReady, reason);
        }
    }

    /** We end it. */
    synchronized boolean end() {
        if (state == State.CLOSED) {
            return false;
        }
        state = State.CLOSED;
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is gone either way.
            return true;
        }
        return true;
    }
}

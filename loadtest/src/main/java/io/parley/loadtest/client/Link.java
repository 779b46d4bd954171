package io.parley.loadtest.client;

import io.parley.loadtest.wire.FrameReader;
import io.parley.loadtest.wire.Upgrade;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from the first packet to its end. Everything runs on the thread of its loop, but {@link #send} may
 * be called on any thread: what the socket does not take at once waits here.
 */
final class Link implements FrameReader.Receiver {
    private static final byte[] NOTHING = {};

    private final ClientLoop loop;
    private final Endpoint endpoint;
    private final User user;
    private final SocketChannel channel;
    private final SelectionKey key;
    private byte[] rest = NOTHING;
    private byte @Nullable [] unsent;
    private boolean upgraded;
    private int closeCode;
    private volatile boolean ended;

    /** Whom the connection serves. */
    interface User {
        /** The WebSocket is there. */
        void opened(Link link);

        void text(byte[] bytes, int from, int to);

        /** The connection has ended by itself; not told when we end it. */
        void ended(String reason);
    }

    /** Begins to connect. */
    Link(ClientLoop loop, Selector selector, Endpoint endpoint, User user) throws IOException {
        this.loop = loop;
        this.endpoint = endpoint;
        this.user = user;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (endpoint.from() != null) {
            channel.bind(endpoint.from());
        }
        boolean connected = connect();
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (connected) {
            connected();
        }
    }

    private boolean connect() throws IOException {
        try {
            return channel.connect(endpoint.server());
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private void connected() {
        key.interestOps(SelectionKey.OP_READ);
        send(ByteBuffer.wrap(Upgrade.request(endpoint.socket())));
    }

    /** The selector says that there is something to do. */
    void selected() {
        try {
            if (ended) {
                return;
            }
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
            ended(String.valueOf(failed.getMessage()));
        }
    }

    private void receive() throws IOException {
        int length = loop.read(channel, rest);
        if (length < 0) {
            ended(closeCode == 0 ? "cut off" : "code " + closeCode);
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
            user.opened(this);
        }
        return end;
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        if (!ended) {
            user.text(bytes, from, to);
        }
    }

    @Override
    public void ping(byte[] bytes, int from, int to) {
        send(loop.writer().begin().add(bytes, from, to).pong());
    }

    @Override
    public void closing(int code) {
        closeCode = code;
    }

    /**
     * Writes what the socket takes and keeps a copy of the rest.
     *
     * @return false if the connection has ended
     */
    synchronized boolean send(ByteBuffer frame) {
        if (ended) {
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

    private void ended(String reason) {
        if (end()) {
            user.ended(reason);
        }
    }

    /**
     * We end it, without a word.
     *
     * @return false if it had ended already
     */
    synchronized boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is gone either way.
            return true;
        }
        return true;
    }
}

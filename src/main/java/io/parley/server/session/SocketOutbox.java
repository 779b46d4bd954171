package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way out by a connection of its own: a WebSocket or an event stream. What is sent in one turn of the loop is put
 * together at its end and given to the socket at once, so that a burst costs one system call.
 *
 * <p>What a socket has not taken yet is bounded in bytes: those that wait here, and those that Netty holds. An outbox
 * in which nothing waits holds next to nothing, for there are very many that are idle.
 */
final class SocketOutbox implements Outbox {
    private final Channel channel;
    private final Flusher flusher;
    private final Runnable overflow;

    /** Sent in this turn of the loop; lent by the flusher. */
    private @Nullable List<TextFrame> frames;

    private int budget;
    private int frameBytes;
    private Framing framing;
    private boolean ended;

    /**
     * @param framing how it is said over this connection
     * @param budget bytes that may wait
     * @param overflow called once when they are more; the session must end
     */
    SocketOutbox(Channel channel, Framing framing, Flusher flusher, int budget, Runnable overflow) {
        this.channel = channel;
        this.framing = framing;
        this.flusher = flusher;
        this.overflow = overflow;
        letWait(budget);
    }

    private void letWait(int bytes) {
        budget = bytes;
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(bytes / 2, bytes));
    }

    @Override
    public void batch() {
        framing = framing.batched();
    }

    @Override
    public void send(TextFrame frame) {
        if (isOver()) {
            return;
        }
        if (frames == null) {
            frames = flusher.add(this);
        }
        frames.add(frame);
        frameBytes += frame.length();
        requireRoom();
    }

    @Override
    public void welcome(List<TextFrame> frames) {
        long bytes = frames.stream().mapToLong(TextFrame::length).sum();
        if (bytes > budget / 2) {
            letWait((int) Math.min(Integer.MAX_VALUE, budget + bytes));
        }
        frames.forEach(this::send);
    }

    @Override
    public boolean offer(TextFrame frame) {
        if (!isOver() && crowded()) {
            flush();
        }
        if (isOver() || crowded()) {
            return false;
        }
        send(frame);
        return true;
    }

    /** A socket that has been closed takes nothing, before its end is told; that is not the peer's slowness. */
    private boolean isOver() {
        return ended || !channel.isActive();
    }

    private boolean crowded() {
        return waiting() > budget / 4;
    }

    /**
     * Ends the session when more waits than may. What was sent in this turn of the loop has not been offered to the
     * network yet: only what that does not take counts against the peer.
     */
    void requireRoom() {
        if (isOver() || fits()) {
            return;
        }
        flush();
        if (!isOver() && !fits()) {
            giveUp();
        }
    }

    private boolean fits() {
        return channel.isWritable() && frameBytes <= channel.bytesBeforeUnwritable();
    }

    @Override
    public void giveUp() {
        ended = true;
        if (frames != null) {
            giveBack(frames);
        }
        overflow.run();
    }

    /** Bytes that wait for the socket. */
    long waiting() {
        return channel.isActive() ? Math.max(0, budget - channel.bytesBeforeUnwritable()) + frameBytes : 0;
    }

    @Override
    public void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (channel.isActive()) {
            flush();
        } else if (frames != null) {
            giveBack(frames);
        }
    }

    @Override
    public void flush() {
        if (frames == null) {
            return;
        }
        List<TextFrame> sent = frames;
        ByteBuf bytes = channel.alloc().directBuffer(framing.length(frameBytes, sent.size()));
        framing.write(sent, bytes);
        giveBack(sent);
        // A failed write closes the channel, which is told elsewhere; so no promise is made for each of very many.
        var unused = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    private void giveBack(List<TextFrame> list) {
        frames = null;
        frameBytes = 0;
        flusher.giveBack(list);
    }
}

package io.parley.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way out of one session, on its event loop. What is sent in one turn of the loop is put together at its end and
 * given to the socket at once, so that a burst costs one system call.
 *
 * <p>What a socket has not taken yet is bounded in bytes: those that wait here, and those that Netty holds. An outbox
 * in which nothing waits holds next to nothing, for there are very many that are idle.
 */
final class Outbox {
    private final Channel channel;
    private final Flusher flusher;
    private final Runnable overflow;
    private final int budget;

    /** Sent in this turn of the loop; lent by the flusher. */
    private @Nullable List<TextFrame> frames;

    private int frameBytes;
    private boolean batching;
    private boolean ended;

    /**
     * @param budget bytes that may wait
     * @param overflow called once when they are more; the session must end
     */
    Outbox(Channel channel, Flusher flusher, int budget, Runnable overflow) {
        this.channel = channel;
        this.flusher = flusher;
        this.overflow = overflow;
        this.budget = budget;
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(budget / 2, budget));
    }

    /** From now on messages that are ready together go out as one JSON array. */
    void batch() {
        batching = true;
    }

    void send(TextFrame frame) {
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

    /**
     * Sends what the receiver may go without, unless more than a quarter of what may wait is waiting already: the rest is
     * kept for what he must have.
     *
     * @return false when it was not sent
     */
    boolean offer(TextFrame frame) {
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

    /** Ends the session without what it has not got. */
    void giveUp() {
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

    /** What was sent so far still goes, if it can; nothing after it does. */
    void end() {
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

    void flush() {
        if (frames == null) {
            return;
        }
        List<TextFrame> sent = frames;
        ByteBuf bytes = channel.alloc().directBuffer(TextFrame.lengthJoined(frameBytes, sent.size()));
        if (batching && sent.size() > 1) {
            TextFrame.writeJoined(sent, bytes);
        } else {
            sent.forEach(frame -> bytes.writeBytes(frame.bytes()));
        }
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

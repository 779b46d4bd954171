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
    private @Nullable List<TextFrame> waiting;

    private int waitingBytes;
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
        if (ended) {
            return;
        }
        if (waiting == null) {
            waiting = flusher.add(this);
        }
        waiting.add(frame);
        waitingBytes += frame.length();
        requireRoom();
    }

    /**
     * Sends what the receiver may go without, unless more than a quarter of what may wait is waiting already: the rest is
     * kept for what he must have.
     *
     * @return false when it was not sent
     */
    boolean offer(TextFrame frame) {
        if (!ended && crowded()) {
            flush();
        }
        if (ended || crowded()) {
            return false;
        }
        send(frame);
        return true;
    }

    private boolean crowded() {
        return waiting() > budget / 4;
    }

    /**
     * Ends the session when more waits than may. What was sent in this turn of the loop has not been offered to the
     * network yet: only what that does not take counts against the peer.
     */
    void requireRoom() {
        if (ended || fits()) {
            return;
        }
        flush();
        if (!fits()) {
            end();
            overflow.run();
        }
    }

    private boolean fits() {
        return waitingBytes <= budget && channel.isWritable();
    }

    /** Bytes that wait for the socket. */
    long waiting() {
        return channel.isActive() ? Math.max(0, budget - channel.bytesBeforeUnwritable()) + waitingBytes : 0;
    }

    /** What was sent so far still goes, if it can; nothing after it does. */
    void end() {
        ended = true;
        if (channel.isActive()) {
            flush();
        } else if (waiting != null) {
            giveBack(waiting);
        }
    }

    void flush() {
        if (waiting == null) {
            return;
        }
        List<TextFrame> frames = waiting;
        ByteBuf bytes = channel.alloc().directBuffer(TextFrame.lengthJoined(waitingBytes, frames.size()));
        if (batching && frames.size() > 1) {
            TextFrame.writeJoined(frames, bytes);
        } else {
            frames.forEach(frame -> bytes.writeBytes(frame.bytes()));
        }
        giveBack(frames);
        // A failed write closes the channel, which is told elsewhere; so no promise is made for each of very many.
        var unused = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    private void giveBack(List<TextFrame> frames) {
        waiting = null;
        waitingBytes = 0;
        flusher.giveBack(frames);
    }
}

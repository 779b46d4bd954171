package io.parley.server.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The way out of a session that is fetched from: keeps what was sent, numbered from 1, until its client has said that it
 * has it, bounded in bytes. The frames are shared with all who get them. Lives on the session's event loop.
 */
final class Mailbox implements Outbox {
    private final Flusher flusher;
    private final Runnable filled;
    private final Runnable overflow;
    private final Deque<TextFrame> kept = new ArrayDeque<>(4);
    private long budget;
    private long last;
    private long bytes;
    private boolean marked;
    private boolean ended;

    /**
     * @param filled called at the end of a turn of the loop in which something was sent
     * @param budget bytes that may be kept
     * @param overflow called once when they are more; the session must end
     */
    Mailbox(Flusher flusher, int budget, Runnable filled, Runnable overflow) {
        this.flusher = flusher;
        this.budget = budget;
        this.filled = filled;
        this.overflow = overflow;
    }

    /** All that is kept goes as one JSON array anyway. */
    @Override
    public void batch() {}

    @Override
    public void send(TextFrame frame) {
        if (ended) {
            return;
        }
        kept.addLast(frame);
        last++;
        bytes += frame.length();
        if (bytes > budget) {
            giveUp();
        } else if (!marked) {
            marked = true;
            flusher.mark(this);
        }
    }

    @Override
    public void welcome(List<TextFrame> frames) {
        frames.forEach(frame -> budget += frame.length());
        frames.forEach(this::send);
    }

    @Override
    public boolean offer(TextFrame frame) {
        if (ended || bytes > budget / 4) {
            return false;
        }
        send(frame);
        return true;
    }

    @Override
    public void flush() {
        marked = false;
        filled.run();
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public void giveUp() {
        ended = true;
        kept.clear();
        bytes = 0;
        overflow.run();
    }

    /**
     * The client has everything up to this number, which need not be kept any longer.
     *
     * @return false when it cannot be: there has been no such event yet, or what follows it is kept no longer
     */
    boolean acknowledge(long number) {
        if (number > last || number < last - kept.size()) {
            return false;
        }
        while (last - kept.size() < number) {
            bytes -= kept.removeFirst().length();
        }
        return true;
    }

    /** What the client has not acknowledged, in order. */
    List<TextFrame> kept() {
        return List.copyOf(kept);
    }

    /** Number of the last event; 0 before the first. */
    long last() {
        return last;
    }

    long bytes() {
        return bytes;
    }
}

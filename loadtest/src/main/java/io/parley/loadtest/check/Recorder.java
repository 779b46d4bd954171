package io.parley.loadtest.check;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Times and counts of one thread. */
public final class Recorder {
    private final Histogram ack = Histograms.make();
    private final Histogram receive = Histograms.make();
    private final Histogram pass = Histograms.make();
    private final Histogram away = Histograms.make();
    private final Histogram behind = Histograms.make();
    private final Histogram pages = Histograms.make();
    private final Map<String, Long> errors = new TreeMap<>();
    private final Map<String, Long> notes = new TreeMap<>();
    private long lastBackNanos;
    private long lastAckNanos;
    private long lastReceiveNanos;
    private long healed;

    /** A send was acknowledged. */
    public void acknowledged(long dueNanos, long nowNanos) {
        Histograms.record(ack, nowNanos - dueNanos);
        lastAckNanos = nowNanos;
    }

    /** A send has reached one receiver. */
    public void received(long dueNanos, long nowNanos) {
        Histograms.record(receive, nowNanos - dueNanos);
        lastReceiveNanos = nowNanos;
    }

    /** One came not as an event but in a summary with which the server caught up. */
    public void healed() {
        healed++;
    }

    /** All sockets that were ready have been read: so long may the last of them have waited for us. */
    public void passed(long nanos) {
        Histograms.record(pass, nanos);
    }

    public void error(String what) {
        errors.merge(what, 1L, Long::sum);
    }

    /** A page of history has come. */
    public void page(long dueNanos, long nowNanos) {
        Histograms.record(pages, nowNanos - dueNanos);
    }

    /** Something that a client is made for and gets over, but that people want to know of. */
    public void note(String what) {
        notes.merge(what, 1L, Long::sum);
    }

    /** A session that was cut off is ready again. */
    public void ready(long cutNanos, long nowNanos) {
        Histograms.record(away, nowNanos - cutNanos);
    }

    /** A session that was cut off has all that it missed. */
    public void caughtUp(long cutNanos, long nowNanos) {
        Histograms.record(behind, nowNanos - cutNanos);
        lastBackNanos = nowNanos;
    }

    public void add(Recorder other) {
        ack.add(other.ack);
        receive.add(other.receive);
        pass.add(other.pass);
        away.add(other.away);
        behind.add(other.behind);
        pages.add(other.pages);
        other.errors.forEach((what, count) -> errors.merge(what, count, Long::sum));
        other.notes.forEach((what, count) -> notes.merge(what, count, Long::sum));
        lastBackNanos = Math.max(lastBackNanos, other.lastBackNanos);
        lastAckNanos = Math.max(lastAckNanos, other.lastAckNanos);
        lastReceiveNanos = Math.max(lastReceiveNanos, other.lastReceiveNanos);
        healed += other.healed;
    }

    /** From the time a send was due to the acknowledgement at the sender, nanoseconds. */
    public Histogram ack() {
        return ack;
    }

    /** From the time a send was due to each receiver, the sender's own session included, nanoseconds. */
    public Histogram receive() {
        return receive;
    }

    public Histogram pass() {
        return pass;
    }

    /** From the end of a session to the time when it was ready again, nanoseconds. */
    public Histogram away() {
        return away;
    }

    /** From the end of a session to the time when it had all that it missed, nanoseconds. */
    public Histogram behind() {
        return behind;
    }

    /** From the time a page of history was due until it was there, nanoseconds. */
    public Histogram pages() {
        return pages;
    }

    public Map<String, Long> notes() {
        return notes;
    }

    /** When the last session that had been cut off had all again; 0: none was. */
    public long lastBackNanos() {
        return lastBackNanos;
    }

    public Map<String, Long> errors() {
        return errors;
    }

    public long lastAckNanos() {
        return lastAckNanos;
    }

    public long lastReceiveNanos() {
        return lastReceiveNanos;
    }

    public long healedCount() {
        return healed;
    }
}

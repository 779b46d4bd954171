package io.parley.loadtest.check;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Times and counts of one thread. */
public final class Recorder {
    /** Made when they are needed: most recorders live for a second and see few kinds. */
    private final Map<Time, Histogram> times = new EnumMap<>(Time.class);

    private final Map<String, Long> errors = new TreeMap<>();
    private final Map<String, Long> notes = new TreeMap<>();
    private long lastBackNanos;
    private long lastAckNanos;
    private long lastReceiveNanos;
    private long healed;

    /** What is timed; all in nanoseconds. */
    public enum Time {
        /** From the time a send was due to the acknowledgement at the sender. */
        ACK,
        /** From the time a send was due to each receiver, the sender's own session included. */
        RECEIVE,
        /** A round of reading all sockets that were ready: so long may the last of them have waited for us. */
        PASS,
        /** From the end of a session to the time when it was ready again. */
        AWAY,
        /** From the end of a session to the time when it had all that it missed. */
        BEHIND,
        /** From the time a page of history was due until it was there. */
        PAGE
    }

    public Histogram of(Time time) {
        return times.computeIfAbsent(time, any -> Histograms.make());
    }

    /** A send was acknowledged. */
    public void acknowledged(long dueNanos, long nowNanos) {
        Histograms.record(of(Time.ACK), nowNanos - dueNanos);
        lastAckNanos = nowNanos;
    }

    /** A send has reached one receiver. */
    public void received(long dueNanos, long nowNanos) {
        Histograms.record(of(Time.RECEIVE), nowNanos - dueNanos);
        lastReceiveNanos = nowNanos;
    }

    /** One came not as an event but in a summary with which the server caught up. */
    public void healed() {
        healed++;
    }

    /** All sockets that were ready have been read. */
    public void passed(long nanos) {
        Histograms.record(of(Time.PASS), nanos);
    }

    /** A page of history has come. */
    public void page(long dueNanos, long nowNanos) {
        Histograms.record(of(Time.PAGE), nowNanos - dueNanos);
    }

    /** A session that was cut off is ready again. */
    public void ready(long cutNanos, long nowNanos) {
        Histograms.record(of(Time.AWAY), nowNanos - cutNanos);
    }

    /** A session that was cut off has all that it missed. */
    public void caughtUp(long cutNanos, long nowNanos) {
        Histograms.record(of(Time.BEHIND), nowNanos - cutNanos);
        lastBackNanos = nowNanos;
    }

    public void error(String what) {
        errors.merge(what, 1L, Long::sum);
    }

    /** Something that a client is made for and gets over, but that people want to know of. */
    public void note(String what) {
        notes.merge(what, 1L, Long::sum);
    }

    public void add(Recorder other) {
        other.times.forEach((time, histogram) -> of(time).add(histogram));
        other.errors.forEach((what, count) -> errors.merge(what, count, Long::sum));
        other.notes.forEach((what, count) -> notes.merge(what, count, Long::sum));
        addCounts(other.healed, other.lastAckNanos, other.lastReceiveNanos, other.lastBackNanos);
    }

    /** What another has counted and seen last, in terms of {@link System#nanoTime} here; 0 stands for never. */
    public void addCounts(long healedCount, long lastAck, long lastReceive, long lastBack) {
        healed += healedCount;
        lastAckNanos = later(lastAckNanos, lastAck);
        lastReceiveNanos = later(lastReceiveNanos, lastReceive);
        lastBackNanos = later(lastBackNanos, lastBack);
    }

    private static long later(long one, long other) {
        return one == 0 || (other != 0 && other - one > 0) ? other : one;
    }

    public Histogram ack() {
        return of(Time.ACK);
    }

    public Histogram receive() {
        return of(Time.RECEIVE);
    }

    public Map<String, Long> errors() {
        return errors;
    }

    public Map<String, Long> notes() {
        return notes;
    }

    public long lastAckNanos() {
        return lastAckNanos;
    }

    public long lastReceiveNanos() {
        return lastReceiveNanos;
    }

    /** When the last session that had been cut off had all again; 0: none was. */
    public long lastBackNanos() {
        return lastBackNanos;
    }

    public long healedCount() {
        return healed;
    }
}

package io.parley.loadtest.check;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Times and counts of one thread. */
public final class Recorder {
    private final Histogram ack = Histograms.make();
    private final Histogram receive = Histograms.make();
    private final Histogram pass = Histograms.make();
    private final Map<String, Long> errors = new TreeMap<>();
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

    public void add(Recorder other) {
        ack.add(other.ack);
        receive.add(other.receive);
        pass.add(other.pass);
        other.errors.forEach((what, count) -> errors.merge(what, count, Long::sum));
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

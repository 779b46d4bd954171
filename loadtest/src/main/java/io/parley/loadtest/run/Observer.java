package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.client.Fleet.Standing;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Looks once a second at the crowd and the server, on a thread of its own, and writes down what it sees. */
final class Observer implements AutoCloseable {
    private static final long SECOND = 1_000_000_000;
    private static final double MB = 1 << 20;

    private final ServerProbe probe;
    private final Journal journal;
    private final Crowd crowd;
    private final Supplier<Recorder> more;
    private final Thread thread = new Thread(this::run, "observer");
    private final long started = System.nanoTime();
    private volatile boolean stopped;
    private Phase phase = new Phase("connecting", 0, 0, started);
    private Recorder total = new Recorder();
    private Recorder second = new Recorder();
    private Standing standing = new Standing(0, 0);
    private Snapshot last;
    private double leastHeapMb = Double.MAX_VALUE;
    private boolean silent;
    private @Nullable ScenarioFailure failure;

    /**
     * What is going on.
     *
     * @param step 0: none that is measured
     * @param seconds how long it is to last; 0: nobody knows
     */
    private record Phase(String name, int step, double seconds, long sinceNanos) {}

    /** @param more what others than the crowd have recorded since the last time they were asked */
    Observer(ServerProbe probe, Journal journal, Crowd crowd, Supplier<Recorder> more) {
        this.probe = probe;
        this.journal = journal;
        this.crowd = crowd;
        this.more = more;
        this.last = probe.look();
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on something else is going on. */
    synchronized void phase(String name, int step, double seconds) {
        phase = new Phase(name, step, seconds, System.nanoTime());
        leastHeapMb = Double.MAX_VALUE;
    }

    /** From now on the server is not asked for its figures: where nothing else is done, that would be seen. */
    synchronized void beSilent(boolean wanted) {
        silent = wanted;
    }

    /** What was recorded since the last call. */
    synchronized Recorder take() throws ScenarioFailure {
        pulse();
        if (failure != null) {
            throw failure;
        }
        Recorder taken = total;
        total = new Recorder();
        return taken;
    }

    /** When the last session that had been cut off had all again, as far as not yet taken; 0: none was. */
    synchronized long lastBackNanos() {
        pulse();
        return total.lastBackNanos();
    }

    /** The least heap that was seen in this phase, which is nearest to what is not garbage. */
    synchronized OptionalDouble leastHeapMb() {
        return leastHeapMb == Double.MAX_VALUE ? OptionalDouble.empty() : OptionalDouble.of(leastHeapMb);
    }

    /** Seconds since the observer began. */
    double at() {
        return (System.nanoTime() - started) / (double) SECOND;
    }

    private void pulse() {
        try {
            Crowd.Pulse pulse = crowd.pulse();
            Recorder others = more.get();
            total.add(pulse.recorder());
            total.add(others);
            second.add(pulse.recorder());
            second.add(others);
            standing = pulse.standing();
        } catch (ScenarioFailure failed) {
            failure = failed;
        }
    }

    private void run() {
        long next = started + SECOND;
        while (!stopped) {
            LockSupport.parkNanos(next - System.nanoTime());
            if (System.nanoTime() >= next) {
                next += SECOND;
                look();
            }
        }
    }

    private synchronized void look() {
        if (stopped) {
            return;
        }
        pulse();
        Snapshot now = silent ? probe.lookFromOutside() : probe.look();
        Recorder seen = second;
        second = new Recorder();
        if (now.told().heapBytes() > 0) {
            leastHeapMb = Math.min(leastHeapMb, now.told().heapBytes() / MB);
        }
        ObjectNode line = line(seen, last, now);
        last = now;
        journal.second(line);
        journal.progress(progress(seen, line));
    }

    private ObjectNode line(Recorder seen, Snapshot before, Snapshot now) {
        double seconds = (now.nanos() - before.nanos()) / (double) SECOND;
        ObjectNode line = Figures.object()
                .put("at", Figures.rounded((now.nanos() - started) / (double) SECOND, 2))
                .put("phase", phase.name())
                .put("step", phase.step())
                .put("sessions", standing.open())
                .put("catchingUp", standing.open() - standing.settled())
                .put("acked", Figures.rounded(seen.ack().getTotalCount() / seconds, 1))
                .put("deliveries", Figures.rounded(seen.receive().getTotalCount() / seconds, 1))
                .put("errors", seen.errors().values().stream().mapToLong(i -> i).sum());
        set(line, "ackMs", seen.ack());
        set(line, "receiveMs", seen.receive());
        set(line, "historyMs", seen.of(Recorder.Time.PAGE));
        line.set("cores", Figures.cores(before, now));
        if (now.knows(ServerProbe.SERVER)) {
            line.put("serverMb", now.residentKb(ServerProbe.SERVER) / 1024);
        }
        if (now.told().servers() > 0) {
            line.put("heapMb", Figures.rounded(now.told().heapBytes() / MB, 1));
        }
        if (now.told().servers() > 0 && before.told().servers() > 0) {
            double gc = Math.max(0, now.told().gcSeconds() - before.told().gcSeconds());
            line.put("gcMs", Figures.rounded(gc * 1e3, 1));
        }
        return line;
    }

    private static void set(ObjectNode line, String name, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            line.set(name, Figures.millis(histogram));
        }
    }

    private String progress(Recorder seen, ObjectNode line) {
        StringBuilder text = new StringBuilder();
        double gone = (System.nanoTime() - phase.sinceNanos()) / (double) SECOND;
        text.append(String.format(Locale.ROOT, "%6.0f s  %s", at(), phase.name()));
        if (phase.seconds() > 0) {
            text.append(' ').append(Bar.of(gone / phase.seconds()));
        }
        text.append(String.format(Locale.ROOT, "  %,d sessions", standing.open()));
        if (seen.receive().getTotalCount() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %,.0f sends/s  %,.0f deliveries/s  p50 %.1f  p95 %.1f  p99 %.1f ms",
                    line.path("acked").asDouble(),
                    line.path("deliveries").asDouble(),
                    Figures.ms(seen.receive(), 50),
                    Figures.ms(seen.receive(), 95),
                    Figures.ms(seen.receive(), 99)));
        }
        if (line.has("serverMb")) {
            text.append(String.format(
                    Locale.ROOT,
                    "  server %.2f cores, %,d MB",
                    line.path("cores").path(ServerProbe.SERVER).asDouble(),
                    line.path("serverMb").asLong()));
        }
        long errors = line.path("errors").asLong();
        return errors == 0
                ? text.toString()
                : text.append("  errors ").append(errors).toString();
    }

    /** Waits for a look that is under way. */
    @Override
    public synchronized void close() {
        stopped = true;
        LockSupport.unpark(thread);
    }
}

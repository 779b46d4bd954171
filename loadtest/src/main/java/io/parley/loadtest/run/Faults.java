package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Talk.Fault;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does in a step what is to go wrong, when it is time, and notes how long people needed to get over it. */
final class Faults {
    private static final long MILLI = 1_000_000;
    private static final int STILL_RUNNING = -1;

    private final Deque<Fault> planned;
    private final Crowd crowd;
    private final Observer observer;
    private final Journal journal;
    private final long startNanos;
    private final List<Done> done = new ArrayList<>();
    private @Nullable Running running;

    private record Running(
            Fault fault, long atNanos, @Nullable Process process) {}

    /**
     * What came of a fault.
     *
     * @param at seconds after the begin of the step
     * @param status of the command; 0 if there was none, -1 if it has not ended
     * @param recoverySeconds until the last session that was cut off had all that it missed; 0: none was cut off
     */
    record Done(Fault fault, double at, int status, double recoverySeconds) {}

    /** @param startNanos of the step */
    Faults(List<Fault> planned, Crowd crowd, Observer observer, Journal journal, long startNanos) {
        this.planned = new ArrayDeque<>(
                planned.stream().sorted(Comparator.comparingLong(Fault::atMs)).toList());
        this.crowd = crowd;
        this.observer = observer;
        this.journal = journal;
        this.startNanos = startNanos;
    }

    void doWhatIsDue() throws ScenarioFailure {
        Fault next = planned.peek();
        if (next != null && System.nanoTime() >= startNanos + next.atMs() * MILLI) {
            planned.remove();
            close();
            journal.event(observer.at(), next.toString());
            running = new Running(next, System.nanoTime(), next.command().isEmpty() ? null : start(next.command()));
            if (next.drop() > 0) {
                crowd.drop(next.drop());
            }
        }
    }

    private static Process start(String command) throws ScenarioFailure {
        try {
            return new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException failed) {
            throw new ScenarioFailure("cannot run " + command + ": " + failed.getMessage());
        }
    }

    private void close() {
        Running over = running;
        if (over != null) {
            double back = (observer.lastBackNanos() - over.atNanos()) / 1e9;
            done.add(new Done(over.fault(), (over.atNanos() - startNanos) / 1e9, status(over), Math.max(0, back)));
        }
        running = null;
    }

    private static int status(Running over) {
        Process process = over.process();
        try {
            return process == null ? 0 : process.waitFor(1, TimeUnit.SECONDS) ? process.exitValue() : STILL_RUNNING;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return STILL_RUNNING;
        }
    }

    /** The step is over. Call it before what was recorded is taken. */
    List<Done> end() {
        close();
        return done;
    }

    static OptionalDouble longest(List<Done> faults) {
        return faults.stream().mapToDouble(Done::recoverySeconds).max();
    }

    static ArrayNode json(List<Done> faults) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Done one : faults) {
            all.addObject()
                    .put("at", Figures.rounded(one.at(), 2))
                    .put("what", one.fault().toString())
                    .put("status", one.status())
                    .put("recoverySeconds", Figures.rounded(one.recoverySeconds(), 3));
        }
        return all;
    }
}

package io.parley.loadtest.client;

import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Step;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends what a plan says when it says so, whatever has become of earlier sends, on the thread that calls it. Notes
 * how late it was itself: that much of the latencies is not the server's.
 */
public final class Pacer {
    /** By person; null: another process has him. */
    private final List<@Nullable LoadClient> clients;

    private final SendFrames frames;

    Pacer(List<@Nullable LoadClient> clients, SendFrames frames) {
        this.clients = clients;
        this.frames = frames;
    }

    /**
     * What a pacer did.
     *
     * @param sent sends that left
     * @param closed sends that did not, because their session was closed
     * @param lateness from when each was due, nanoseconds
     */
    public record Paced(int sent, int closed, Histogram lateness) {}

    /** Returns when the last send has left. */
    public Paced run(Step step) {
        SendPlan plan = step.plan();
        Histogram lateness = Histograms.make();
        int sent = 0;
        int closed = 0;
        for (int index = 0; index < plan.count(); index++) {
            LoadClient client = clients.get(plan.sender(index));
            if (client == null) {
                continue;
            }
            Histograms.record(lateness, await(plan.due(index)));
            step.ledger().sent(index + 1);
            if (client.send(index, frames.frame(plan, index))) {
                sent++;
            } else {
                closed++;
            }
        }
        return new Paced(sent, closed, lateness);
    }

    private static long await(long due) {
        long left = due - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = due - System.nanoTime();
        }
        return -left;
    }
}

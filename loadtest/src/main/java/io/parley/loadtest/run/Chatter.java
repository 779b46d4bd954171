package io.parley.loadtest.run;

import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.scenario.Talk.Activity;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * What people do beside sending: type, read, come and go. At even intervals, on a thread of its own; it is there to
 * load the server, and its answers are not timed.
 */
final class Chatter {
    private static final double SECOND = 1e9;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Fleet fleet;
    private final Activity activity;
    private final Thread thread = new Thread(this::run, "chatter");
    private volatile boolean stopped;

    Chatter(Fleet fleet, Activity activity) {
        this.fleet = fleet;
        this.activity = activity;
        thread.setDaemon(true);
    }

    void start() {
        if (activity.talks()) {
            thread.start();
        }
    }

    void stop() {
        stopped = true;
    }

    private void run() {
        double typing = 0;
        double reads = 0;
        double presence = 0;
        long last = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(PAUSE_NANOS);
            long now = System.nanoTime();
            double seconds = (now - last) / SECOND * fleet.part();
            last = now;
            typing += seconds * activity.typingPerSecond();
            reads += seconds * activity.readsPerSecond();
            presence += seconds * activity.presencePerSecond();
            for (; typing >= 1; typing--) {
                fleet.type(ThreadLocalRandom.current());
            }
            for (; reads >= 1; reads--) {
                fleet.read(ThreadLocalRandom.current());
            }
            for (; presence >= 1; presence--) {
                fleet.appear(ThreadLocalRandom.current());
            }
        }
    }
}

package io.parley.loadtest.run;

import io.parley.loadtest.provision.AdminApi;
import io.parley.loadtest.provision.Population;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Gives everybody new tokens before the old ones expire, on a thread of its own; only runs of many minutes need it. */
final class Renewal implements AutoCloseable {
    /** Tokens live a quarter of an hour by default. */
    private static final long EVERY_NANOS = 480_000_000_000L;

    private final Stage stage;
    private final Population population;
    private final Crowd crowd;
    private final HistoryReader history;
    private final Thread thread = new Thread(this::run, "renewal");
    private volatile boolean stopped;

    Renewal(Stage stage, Population population, Crowd crowd, HistoryReader history) {
        this.stage = stage;
        this.population = population;
        this.crowd = crowd;
        this.history = history;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long next = System.nanoTime() + EVERY_NANOS;
        while (!stopped) {
            LockSupport.parkNanos(next - System.nanoTime());
            if (!stopped && System.nanoTime() >= next) {
                next += EVERY_NANOS;
                renew();
            }
        }
    }

    private void renew() {
        try {
            List<String> tokens = stage.tokens(population);
            history.renew(tokens);
            crowd.renew(tokens);
        } catch (ScenarioFailure | AdminApi.Refused failed) {
            stage.journal().say("tokens could not be renewed: " + failed.getMessage());
        }
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
    }
}

package io.parley.support.testing.campaign;

import io.parley.support.testing.checker.Checker;
import io.parley.support.testing.checker.History;
import io.parley.support.testing.checker.Truth;
import io.parley.support.testing.checker.Verdict;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import java.time.Duration;
import java.util.List;

/**
 * Runs traffic against a server, breaks things meanwhile, waits until all is quiet and proves that nothing was lost,
 * doubled, reordered or shown to the wrong people. Blocks; prints its seed, so that it can be run again.
 */
public final class Campaign implements AutoCloseable {
    /** The journal repairs within 2 seconds; this is that with a loaded machine in mind. */
    private static final Duration REPAIR = Duration.ofSeconds(15);

    private final Plan plan;
    private final ClientHost host;
    private final Crowd crowd;

    public Campaign(Plan plan, ClientHost host, OperatorApi operator) {
        this.plan = plan;
        this.host = host;
        this.crowd = new Crowd(plan, host, operator);
    }

    /** What was proved, and from what. */
    record Proof(Verdict verdict, List<History> histories, Truth truth) {}

    /**
     * Runs traffic from the first to the last fault, and the same time after it.
     *
     * @param rest how long the traffic goes on after the last fault
     */
    public Verdict run(List<Fault> faults, Duration rest) {
        say("seed " + plan.seed());
        crowd.gather();
        amidTraffic(() -> {
            for (Fault fault : faults) {
                Blocking.rest(fault.after());
                say(fault.name());
                fault.action().run();
            }
            Blocking.rest(rest);
        });
        return prove().verdict();
    }

    /** Runs traffic as long as this does, then waits until all is quiet. */
    void amidTraffic(Runnable breaking) {
        Traffic traffic = new Traffic(plan, host.vertx(), crowd);
        traffic.start();
        try {
            breaking.run();
        } finally {
            traffic.stop();
        }
        say("traffic over");
        crowd.settle();
    }

    @SuppressWarnings("SystemOut") // a test's own account of itself
    static void say(String what) {
        System.out.println("campaign: " + what);
    }

    Crowd crowd() {
        return crowd;
    }

    /** What the devices have seen. */
    public List<History> histories() {
        return crowd.histories();
    }

    /** Waits as long as the server may take to repair what it lost; what is broken then is broken. */
    Proof prove() {
        Truth truth = crowd.readTruth().truth();
        List<History> histories = crowd.histories();
        Verdict[] verdict = {Checker.check(histories, truth)};
        Blocking.until(REPAIR, () -> {
            verdict[0] = verdict[0].holds() ? verdict[0] : Checker.check(histories, truth);
            return verdict[0].holds();
        });
        say(verdict[0].summary().toString());
        return new Proof(verdict[0], histories, truth);
    }

    @Override
    public void close() {
        crowd.disconnect();
    }
}

package io.parley.loadtest;

import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.client.Pacer.Paced;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.provision.Topology;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Applies loads of messages to connected people, one after another, and says what came of each. */
final class Load {
    private static final long LEAD_NANOS = 200_000_000;
    private static final long POLL_NANOS = 20_000_000;

    private final Fleet fleet;
    private final Topology topology;
    private final ServerProbe probe;
    private final int drainSeconds;
    private final int tag = ThreadLocalRandom.current().nextInt(1 << 14);
    private int steps;

    /** @param drainSeconds how long after the last send answers and deliveries may still come */
    Load(Fleet fleet, Topology topology, ServerProbe probe, int drainSeconds) {
        this.fleet = fleet;
        this.topology = topology;
        this.probe = probe;
        this.drainSeconds = drainSeconds;
    }

    /**
     * What came of a load.
     *
     * @param seconds from the first send's due time to the last answer or delivery, at least as planned
     * @param unanswered sends without any reply
     * @param busiest the share of its time that the busiest thread of the generator worked
     */
    record Outcome(
            SendPlan plan,
            double seconds,
            Paced paced,
            int unanswered,
            Recorder recorder,
            Violations violations,
            double busiest,
            Snapshot before,
            Snapshot after) {
        double ackedPerSecond() {
            return recorder.ack().getTotalCount() / seconds;
        }

        double deliveriesPerSecond() {
            return recorder.receive().getTotalCount() / seconds;
        }
    }

    Outcome apply(double perSecond, int seconds) {
        SendPlan plan = new SendPlan(
                steps++,
                tag,
                System.nanoTime() + LEAD_NANOS,
                perSecond,
                (int) (perSecond * seconds),
                topology.roomsOf());
        Step step = Step.of(plan);
        fleet.begin(step);
        long[] cpuBefore = fleet.cpuNanos();
        Snapshot before = probe.look();
        Paced paced = fleet.pacer().run(step);
        drain(paced);
        Snapshot after = probe.look();
        double busiest = busiest(cpuBefore, fleet.cpuNanos(), after.nanos() - before.nanos());
        int unanswered = paced.sent() - fleet.answers();
        Recorder recorder = fleet.take();
        Violations violations = fleet.closeStep();
        count(step, recorder, violations);
        return new Outcome(
                plan,
                Math.max(seconds, (lastNanos(recorder) - plan.startNanos()) / 1e9),
                paced,
                unanswered,
                recorder,
                violations,
                busiest,
                before,
                after);
    }

    private void drain(Paced paced) {
        long deadline = System.nanoTime() + drainSeconds * 1_000_000_000L;
        while ((fleet.answers() < paced.sent() || fleet.lacking() > 0) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static long lastNanos(Recorder recorder) {
        return Math.max(recorder.lastAckNanos(), recorder.lastReceiveNanos());
    }

    private static double busiest(long[] before, long[] after, long elapsed) {
        double most = 0;
        for (int i = 0; i < before.length; i++) {
            most = Math.max(most, (double) (after[i] - before[i]) / elapsed);
        }
        return most;
    }

    /** Counts once more in another way: if nothing was found and nobody has left, everybody has got everything. */
    private void count(Step step, Recorder recorder, Violations violations) {
        if (!violations.none() || fleet.openSessions() < topology.people()) {
            return;
        }
        SendPlan plan = step.plan();
        int[] sizes = topology.members().stream().mapToInt(room -> room.length).toArray();
        int[] committed = new int[sizes.length];
        for (int i = 0; i < plan.count(); i++) {
            if (step.ledger().committed(i)) {
                committed[plan.room(i)]++;
            }
        }
        Arrays.setAll(sizes, room -> sizes[room] * committed[room]);
        long expected = Arrays.stream(sizes).asLongStream().sum();
        long received = recorder.receive().getTotalCount();
        if (received != expected) {
            violations.add(Violation.LOST, expected - received, received + " deliveries instead of " + expected);
        }
    }
}

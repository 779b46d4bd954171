package io.parley.loadtest.run;

import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.Rhythm;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet.Standing;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.run.Crowd.Ended;
import io.parley.loadtest.run.Crowd.Order;
import io.parley.loadtest.run.Crowd.Remaining;
import io.parley.loadtest.scenario.Talk;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Applies loads of messages to connected people, one after another, and says what came of each. */
final class Load {
    private static final long LEAD_NANOS = 300_000_000;
    private static final long POLL_NANOS = 20_000_000;
    private static final long MILLI = 1_000_000;

    private final Crowd crowd;
    private final Topology topology;
    private final ServerProbe probe;
    private final Observer observer;
    private final HistoryReader history;
    private final Talk talk;
    private final Journal journal;
    private final int tag = ThreadLocalRandom.current().nextInt(1 << 14);
    private int steps;

    Load(Crowd crowd, Topology topology, Stage stage, Observer observer, HistoryReader history, Talk talk) {
        this.crowd = crowd;
        this.topology = topology;
        this.probe = stage.probe();
        this.journal = stage.journal();
        this.observer = observer;
        this.history = history;
        this.talk = talk;
    }

    /**
     * What came of a load.
     *
     * @param seconds from the first send's due time to the last answer or delivery, at least as planned
     * @param missing sessions that did not come back, or still lack something that they know of
     */
    record Outcome(
            double perSecond,
            double seconds,
            Ended ended,
            Recorder recorder,
            int missing,
            List<Faults.Done> faults,
            Snapshot before,
            Snapshot after) {
        double ackedPerSecond() {
            return recorder.ack().getTotalCount() / seconds;
        }

        double deliveriesPerSecond() {
            return recorder.receive().getTotalCount() / seconds;
        }
    }

    /** To all rooms. */
    Outcome apply(double perSecond, long millis, List<Talk.Fault> planned) throws ScenarioFailure {
        return apply(perSecond, millis, SendPlan.BY_SHARES, planned);
    }

    /** @param slot the one of everybody's rooms that is spoken in */
    Outcome apply(double perSecond, long millis, int slot, List<Talk.Fault> planned) throws ScenarioFailure {
        Rhythm rhythm = new Rhythm(
                perSecond,
                talk.bursts().everyMs() * MILLI,
                talk.bursts().times() > 1 ? talk.bursts().forMs() * MILLI : 0,
                talk.bursts().times());
        long startEpoch = LocalCrowd.epochNanos() + LEAD_NANOS;
        long start = System.nanoTime() + LEAD_NANOS;
        history.begin(crowd.heads(), start);
        Snapshot before = probe.look();
        int count = rhythm.count(millis * MILLI);
        crowd.begin(new Order(steps++, tag, startEpoch, rhythm, count, slot), talk.activity());
        Faults faults = new Faults(planned, crowd, observer, journal, start);
        Remaining last = await(faults, start + millis * MILLI);
        history.end();
        Snapshot after = probe.look();
        Ended ended = crowd.end(last.heads());
        List<Faults.Done> done = faults.end();
        Recorder recorder = observer.take();
        int missing = missing(last.standing());
        count(ended, recorder, missing);
        return new Outcome(
                perSecond,
                Math.max(millis / 1e3, (lastNanos(recorder) - start) / 1e9),
                ended,
                recorder,
                missing,
                done,
                before,
                after);
    }

    /** Until everything has come, or the time for it is over. */
    private Remaining await(Faults faults, long lastDue) throws ScenarioFailure {
        while (System.nanoTime() < lastDue) {
            faults.doWhatIsDue();
            LockSupport.parkNanos(Math.min(POLL_NANOS, lastDue - System.nanoTime()));
        }
        long[] heads = crowd.heads();
        Remaining now = crowd.remaining(heads);
        long deadline = System.nanoTime() + talk.drainMs() * MILLI;
        while (now.sending() || (System.nanoTime() < deadline && !isDone(now))) {
            LockSupport.parkNanos(POLL_NANOS);
            deadline = now.sending() ? System.nanoTime() + talk.drainMs() * MILLI : deadline;
            now = crowd.remaining(now.heads());
        }
        return now;
    }

    private boolean isDone(Remaining now) {
        return now.unanswered() <= 0 && now.lacking() == 0 && missing(now.standing()) == 0;
    }

    /** Only sessions that come back can be missing; others are errors of their own when they end. */
    private int missing(Standing standing) {
        return talk.common().clients().lasting() ? topology.people() - standing.settled() : 0;
    }

    private static long lastNanos(Recorder recorder) {
        return Math.max(recorder.lastAckNanos(), recorder.lastReceiveNanos());
    }

    /** Counts once more in another way: if nothing was found and nobody has left, everybody has got everything. */
    private void count(Ended ended, Recorder recorder, int missing) throws ScenarioFailure {
        Violations violations = ended.violations();
        int open = crowd.standing().open();
        if (!violations.none()
                || missing > 0
                || open < topology.people()
                || recorder.errors().containsKey("reset")) {
            return;
        }
        long expected = 0;
        for (int room = 0; room < ended.committed().length; room++) {
            expected += (long) ended.committed()[room] * topology.members().get(room).length;
        }
        long received = recorder.receive().getTotalCount();
        if (received != expected) {
            violations.add(Violation.LOST, expected - received, received + " deliveries instead of " + expected);
        }
    }
}

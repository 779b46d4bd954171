package io.parley.loadtest.run;

import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Ledger;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.client.Pacer.Paced;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.scenario.Talk.Activity;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The people of a run, or a share of them, in this process. */
final class LocalCrowd implements Crowd {
    private final Fleet fleet;
    private final Topology topology;
    private final Fleet.Share share;
    private @Nullable Under under;

    /** The order that is carried out. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Under(
            Step step, CompletableFuture<Paced> sending, Chatter chatter, long[] cpuBefore, long startedNanos) {}

    LocalCrowd(Population population, List<URI> sockets, Fleet.Settings settings, Fleet.Share share) {
        this.fleet = new Fleet(population, sockets, settings, share);
        this.topology = population.topology();
        this.share = share;
    }

    @Override
    public Connected connect(int people, int mostSeconds) {
        return fleet.connect(people, mostSeconds);
    }

    @Override
    public synchronized void begin(Order order, Activity activity) {
        long start = System.nanoTime() + order.startEpochNanos() - epochNanos();
        SendPlan plan =
                new SendPlan(order.step(), order.tag(), start, order.rhythm(), order.count(), order.slot(), topology);
        Step step = new Step(plan, new Ledger(plan.count(), share.of() > 1));
        fleet.begin(step);
        Chatter chatter = new Chatter(fleet, activity);
        long[] cpuBefore = fleet.cpuNanos();
        CompletableFuture<Paced> sending = new CompletableFuture<>();
        Thread thread =
                new Thread(() -> sending.completeAsync(() -> fleet.pacer().run(step), Runnable::run), "pacer");
        thread.setDaemon(true);
        thread.start();
        chatter.start();
        under = new Under(step, sending, chatter, cpuBefore, System.nanoTime());
    }

    /** The clock of the day, in nanoseconds. */
    static long epochNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    private Under require() {
        if (under == null) {
            throw new IllegalStateException("nothing has begun");
        }
        return under;
    }

    @Override
    public Pulse pulse() {
        return new Pulse(fleet.take(), fleet.standing());
    }

    @Override
    public Fleet.Standing standing() {
        return fleet.standing();
    }

    @Override
    public long[] heads() {
        return fleet.heads();
    }

    @Override
    public synchronized Remaining remaining(long[] heads) {
        Under now = require();
        boolean sending = !now.sending().isDone();
        if (!sending) {
            now.chatter().stop();
        }
        long[] highest = fleet.heads();
        InvariantCheck.raise(highest, heads);
        int unanswered = sending ? 0 : paced(now).sent() - fleet.answers();
        return new Remaining(sending, unanswered, fleet.lacking(highest), fleet.standing(), highest);
    }

    private static Paced paced(Under now) {
        try {
            return now.sending().join();
        } catch (CompletionException defect) {
            throw new IllegalStateException("sending has failed", defect.getCause());
        }
    }

    @Override
    public synchronized Ended end(long[] heads) {
        Under now = require();
        now.chatter().stop();
        Paced paced = paced(now);
        double busiest = busiest(now.cpuBefore(), fleet.cpuNanos(), System.nanoTime() - now.startedNanos());
        int unanswered = paced.sent() - fleet.answers();
        Violations violations = fleet.closeStep(heads);
        return new Ended(paced, unanswered, committed(now.step()), fleet.last(), busiest, violations);
    }

    private int[] committed(Step step) {
        int[] committed = new int[topology.members().size()];
        SendPlan plan = step.plan();
        for (int i = 0; i < plan.count(); i++) {
            if (share.has(plan.sender(i)) && step.ledger().committed(i)) {
                committed[plan.room(i)]++;
            }
        }
        return committed;
    }

    private static double busiest(long[] before, long[] after, long elapsed) {
        double most = 0;
        for (int i = 0; i < before.length; i++) {
            most = Math.max(most, (double) (after[i] - before[i]) / elapsed);
        }
        return most;
    }

    @Override
    public void drop(double part) {
        fleet.drop(part);
    }

    @Override
    public void renew(List<String> tokens) {
        fleet.renew(tokens);
    }

    @Override
    public void close() {
        fleet.close();
    }
}

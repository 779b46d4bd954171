package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Sessions;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** People are connected and say nothing: what a session costs that only waits. */
final class SessionsRun {
    private static final long MILLI = 1_000_000;

    private final Stage stage;
    private final Journal journal;
    private final Sessions plan;
    private final Verdict verdict;

    /**
     * How it stood before anybody came, before this step's people did, when they were there, after silence, and at
     * last.
     */
    private record Looks(Snapshot empty, Snapshot before, Snapshot joined, Snapshot quiet, Snapshot after) {}

    SessionsRun(Stage stage, Sessions plan, Verdict verdict) {
        this.stage = stage;
        this.journal = stage.journal();
        this.plan = plan;
        this.verdict = verdict;
    }

    /** @return the summary */
    ObjectNode run() throws ScenarioFailure {
        Scenario.Common common = plan.common();
        Population population = stage.populate(Topology.of(common.people(), common.rooms(), common.seed()));
        Snapshot empty = look();
        try (Crowd crowd = stage.crowd(population, common);
                Observer observer = new Observer(stage.probe(), journal, crowd, Recorder::new)) {
            int step = 0;
            for (int sessions : plan.sessions()) {
                step(crowd, observer, ++step, sessions, empty);
            }
        }
        return Figures.object();
    }

    private Snapshot look() {
        if (plan.collectGarbage()) {
            stage.probe().collectGarbage();
        }
        return stage.probe().look();
    }

    private void step(Crowd crowd, Observer observer, int step, int sessions, Snapshot empty) throws ScenarioFailure {
        Snapshot before = stage.probe().look();
        Connected connected = stage.connect(crowd, observer, sessions, plan.mostSeconds());
        observer.beSilent(true);
        Snapshot joined = stage.probe().look();
        observer.phase(String.format(Locale.ROOT, "%,d silent sessions", sessions), step, plan.holdMs() / 1e3);
        long until = System.nanoTime() + plan.holdMs() * MILLI;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        Snapshot quiet = stage.probe().look();
        observer.beSilent(false);
        Looks looks = new Looks(empty, before, joined, quiet, look());
        int open = crowd.standing().open();
        Recorder recorder = observer.take();
        ObjectNode line = line(step, sessions, open, connected, looks);
        recorder.errors().forEach(line.putObject("errors")::put);
        line.putObject("violations");
        line.put("at", Figures.rounded(observer.at(), 1));
        ObjectNode distribution = Figures.object();
        distribution.set("connect", Figures.distribution(connected.times()));
        journal.step(line, distribution);
        verdict.see(line, false);
        journal.say(words(line));
    }

    private ObjectNode line(int step, int sessions, int open, Connected connected, Looks looks) {
        long residentKb =
                looks.after().residentKb(ServerProbe.SERVER) - looks.empty().residentKb(ServerProbe.SERVER);
        ObjectNode line = Figures.object()
                .put("scenario", plan.common().name())
                .put("step", step)
                .put("sessions", sessions)
                .put("openAtEnd", open)
                .put(
                        "conversations",
                        plan.common().rooms().stream()
                                .mapToInt(layer -> layer.each())
                                .sum())
                .put("connected", connected.ready())
                .put("connectSeconds", Figures.rounded(connected.seconds(), 3))
                .put("connectsPerSecond", Figures.rounded(connected.ready() / connected.seconds(), 1));
        line.set("connectMs", Figures.millis(connected.times()));
        line.set("cpuMicrosPerConnect", Figures.microsEach(looks.before(), looks.joined(), connected.ready()));
        ObjectNode idle = Figures.cores(looks.joined(), looks.quiet());
        line.set("idleCores", idle);
        if (looks.after().knows(ServerProbe.SERVER)) {
            line.put(
                            "idleCpuMicrosPerSessionSecond",
                            Figures.rounded(idle.path(ServerProbe.SERVER).asDouble() * 1e6 / sessions, 2))
                    .put("residentMbBefore", looks.empty().residentKb(ServerProbe.SERVER) / 1024)
                    .put("residentMb", looks.after().residentKb(ServerProbe.SERVER) / 1024)
                    .put("residentKbPerSession", Figures.rounded((double) residentKb / sessions, 1));
        }
        if (plan.collectGarbage() && looks.after().told().heapBytes() > 0) {
            double heap =
                    looks.after().told().heapBytes() - looks.empty().told().heapBytes();
            line.put("heapKbPerSession", Figures.rounded(heap / 1024 / sessions, 1));
        }
        return line.put("garbageCollected", plan.collectGarbage())
                .put("loadAverageBefore", looks.empty().loadAverage())
                .put("loadAverage", looks.after().loadAverage());
    }

    private static String words(ObjectNode line) {
        return String.format(
                Locale.ROOT,
                "%,d sessions  connected in %s s (%s/s)  %s KB RSS, %s KB heap a session  %s us/s CPU a session"
                        + "  %s us CPU a connect",
                line.path("sessions").asInt(),
                line.path("connectSeconds").asText(),
                line.path("connectsPerSecond").asText(),
                line.path("residentKbPerSession").asText("?"),
                line.path("heapKbPerSession").asText("?"),
                line.path("idleCpuMicrosPerSessionSecond").asText("?"),
                line.path("cpuMicrosPerConnect").path("total").asText());
    }
}

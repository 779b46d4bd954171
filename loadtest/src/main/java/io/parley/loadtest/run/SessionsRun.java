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
import org.jspecify.annotations.Nullable;

/** People are connected and say nothing: what a session costs that only waits. */
final class SessionsRun {
    private static final long MILLI = 1_000_000;

    private final Stage stage;
    private final Journal journal;
    private final Sessions plan;
    private final Verdict verdict;

    /** The first step that was looked at; what each more session costs is reckoned from there. */
    private @Nullable First first;

    private record First(int sessions, double idleCores, Snapshot after) {}

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
                            idleMicros(idle.path(ServerProbe.SERVER).asDouble(), sessions))
                    .put("residentMbBefore", looks.empty().residentKb(ServerProbe.SERVER) / 1024)
                    .put("residentMb", looks.after().residentKb(ServerProbe.SERVER) / 1024)
                    .put("residentKbPerSession", residentKb(looks.empty(), looks.after(), sessions));
        }
        boolean heap = plan.collectGarbage() && looks.after().told().heapBytes() > 0;
        if (heap) {
            line.put("heapKbPerSession", heapKb(looks.empty(), looks.after(), sessions));
        }
        if (first == null && looks.after().knows(ServerProbe.SERVER)) {
            first = new First(sessions, idle.path(ServerProbe.SERVER).asDouble(), looks.after());
        } else if (first != null && sessions > first.sessions() && looks.after().knows(ServerProbe.SERVER)) {
            int more = sessions - first.sessions();
            line.put("residentKbPerMore", residentKb(first.after(), looks.after(), more));
            line.put(
                    "idleCpuMicrosPerMoreSecond",
                    idleMicros(idle.path(ServerProbe.SERVER).asDouble() - first.idleCores(), more));
            if (heap) {
                line.put("heapKbPerMore", heapKb(first.after(), looks.after(), more));
            }
        }
        return line.put("garbageCollected", plan.collectGarbage())
                .put("loadAverageBefore", looks.empty().loadAverage())
                .put("loadAverage", looks.after().loadAverage());
    }

    private static double residentKb(Snapshot from, Snapshot to, int sessions) {
        double kb = to.residentKb(ServerProbe.SERVER) - from.residentKb(ServerProbe.SERVER);
        return Figures.rounded(kb / sessions, 1);
    }

    private static double idleMicros(double cores, int sessions) {
        return Figures.rounded(cores * 1e6 / sessions, 2);
    }

    private static double heapKb(Snapshot from, Snapshot to, int sessions) {
        double bytes = to.told().heapBytes() - from.told().heapBytes();
        return Figures.rounded(bytes / 1024 / sessions, 1);
    }

    private static String words(ObjectNode line) {
        return String.format(
                Locale.ROOT,
                "%,d sessions  connected in %s s (%s/s)  %s KB RSS, %s KB heap a session (each more %s, %s)"
                        + "  %s us/s CPU a session (each more %s)  %s us CPU a connect",
                line.path("sessions").asInt(),
                line.path("connectSeconds").asText(),
                line.path("connectsPerSecond").asText(),
                line.path("residentKbPerSession").asText("?"),
                line.path("heapKbPerSession").asText("?"),
                line.path("residentKbPerMore").asText("?"),
                line.path("heapKbPerMore").asText("?"),
                line.path("idleCpuMicrosPerSessionSecond").asText("?"),
                line.path("idleCpuMicrosPerMoreSecond").asText("?"),
                line.path("cpuMicrosPerConnect").path("total").asText());
    }
}

package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Talk;
import io.parley.loadtest.scenario.Threshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** People talk in rooms, at rates that are held whatever the server does. */
final class TalkRun {
    private static final int MOST_CONNECT_SECONDS = 300;
    private static final Connected NOBODY = new Connected(0, 0, 0, Histograms.make());

    private final Stage stage;
    private final Journal journal;
    private final Talk talk;
    private final Verdict verdict;
    private final List<ObjectNode> held = new ArrayList<>();
    private final List<ObjectNode> steps = new ArrayList<>();

    TalkRun(Stage stage, Talk talk, Verdict verdict) {
        this.stage = stage;
        this.journal = stage.journal();
        this.talk = talk;
        this.verdict = verdict;
    }

    /** @return the summary */
    ObjectNode run() throws ScenarioFailure {
        Scenario.Common common = talk.common();
        Topology topology = Topology.of(common.people(), common.rooms(), common.seed());
        Population population = stage.populate(topology);
        HistoryReader history = new HistoryReader(stage.http(), stage.target().http(), population, talk.activity());
        try (Crowd crowd = stage.crowd(population, common);
                Observer observer = new Observer(stage.probe(), journal, crowd, history::take);
                Renewal renewal = new Renewal(stage, population, crowd, history)) {
            Connected connected = stage.connect(crowd, observer, common.people(), MOST_CONNECT_SECONDS);
            renewal.start();
            Load load = new Load(crowd, topology, stage, observer, history, talk);
            if (warmUp(load, observer)) {
                apply(load, observer, connected);
            }
        }
        return summary();
    }

    private boolean warmUp(Load load, Observer observer) throws ScenarioFailure {
        if (talk.warmUpMs() == 0) {
            return true;
        }
        double rate = talk.rates().getFirst();
        observer.phase("warm-up", 0, talk.warmUpMs() / 1e3);
        Load.Outcome outcome = load.apply(rate, talk.warmUpMs(), List.of());
        journal.say(
                String.format(Locale.ROOT, "warm-up of %.0f s at %,.0f sends/s is over", talk.warmUpMs() / 1e3, rate));
        if (!outcome.ended().violations().none()) {
            outcome.ended().violations().examples().forEach(journal::say);
            verdict.see(TalkLine.of(talk, 0, outcome, NOBODY), true);
            return false;
        }
        return true;
    }

    private void apply(Load load, Observer observer, Connected connected) throws ScenarioFailure {
        int step = 0;
        for (double rate : talk.rates()) {
            observer.phase(
                    String.format(
                            Locale.ROOT, "%d/%d %,.0f/s", ++step, talk.rates().size(), rate),
                    step,
                    talk.stepMs() / 1e3);
            Load.Outcome outcome = load.apply(rate, talk.stepMs(), talk.faults());
            ObjectNode line = TalkLine.of(talk, step, outcome, connected);
            boolean beyond = isBeyond(line);
            line.put("beyond", beyond);
            TalkLine.write(line, outcome, observer, journal);
            verdict.see(line, beyond);
            steps.add(line);
            if (beyond || !outcome.ended().violations().none()) {
                return;
            }
            held.add(line);
        }
    }

    private boolean isBeyond(ObjectNode line) {
        for (Threshold limit : talk.stopAt()) {
            if (Figures.find(line, limit.measure()).stream().anyMatch(value -> !limit.holds(value))) {
                journal.say("no longer " + limit + ": no further step");
                return true;
            }
        }
        return false;
    }

    private ObjectNode summary() {
        ObjectNode summary = Figures.object();
        ObjectNode best = held.isEmpty() ? Figures.object() : held.getLast();
        if (!steps.isEmpty()) {
            summary.putObject("maximum")
                    .put("rate", best.path("rate").asDouble())
                    .put("sendsPerSecond", best.path("sendsPerSecond").asDouble())
                    .put("deliveriesPerSecond", best.path("deliveriesPerSecond").asDouble());
        }
        Growth.of(steps).ifPresent(growth -> summary.set("growth", growth));
        return summary;
    }
}

package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.provision.Topology.Layer;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Group;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Talk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * A group grows large and is looked at while nobody is connected; then the connected among its members talk there and
 * in small groups in turn. What those lists and messages cost must not go by how many members there are.
 */
final class GroupRun {
    private static final int MOST_CONNECT_SECONDS = 300;
    private static final long MILLI = 1_000_000;

    private final Stage stage;
    private final Journal journal;
    private final Group plan;
    private final Talk talk;
    private final Verdict verdict;
    private final List<GroupTally> tallies = new ArrayList<>();

    GroupRun(Stage stage, Group plan, Verdict verdict) {
        this.stage = stage;
        this.journal = stage.journal();
        this.plan = plan;
        this.talk = plan.talk();
        this.verdict = verdict;
        for (Layer group : plan.common().rooms()) {
            tallies.add(new GroupTally(tallies.isEmpty() ? plan.members() : group.size(), group.size()));
        }
    }

    /** @return the summary */
    ObjectNode run() throws ScenarioFailure {
        Scenario.Common common = plan.common();
        Topology topology = Topology.of(common.people(), common.rooms(), common.seed());
        Population population = stage.populate(topology);
        ObjectNode summary = Figures.object();
        addAndList(population, summary);
        HistoryReader history = new HistoryReader(stage.http(), stage.target().http(), population, talk.activity());
        try (Crowd crowd = stage.crowd(population, common);
                Observer observer = new Observer(stage.probe(), journal, crowd, history::take);
                Renewal renewal = new Renewal(stage, population, crowd, history)) {
            Connected connected = stage.connect(crowd, observer, common.people(), MOST_CONNECT_SECONDS);
            renewal.start();
            Load load = new Load(crowd, topology, stage, observer, history, talk);
            if (warmUp(load, observer, connected)) {
                talk(load, observer, connected, idleCores(observer));
            }
        }
        sumUp(summary);
        return summary;
    }

    /** Searches come first: right after so many were added the database knows least about them. */
    private void addAndList(Population population, ObjectNode summary) {
        int there = population.people().size();
        List<UUID> strangers = stage.strangers(there, plan.members());
        MemberCalls calls = stage.members(population, 0);
        long began = System.nanoTime();
        put(summary, "addMembers", "a thousand members added", calls.add(strangers));
        summary.put("addSeconds", Figures.rounded((System.nanoTime() - began) / 1e9, 1));
        String last = Integer.toString(plan.members() - 1);
        int times = plan.searches();
        put(summary, "searchAll", "members by a letter that all have", calls.search("l", plan.members(), times));
        put(summary, "searchOne", "members by what one is called", calls.search(last, 1, times));
        put(summary, "searchNone", "members by what nobody is called", calls.search("zz", 0, times));
        put(summary, "memberPage", "a page of members", calls.pages(plan.members()));
        calls.faults().forEach(journal::say);
        Map<String, Long> errors =
                calls.faults().stream().collect(Collectors.groupingBy(fault -> fault, Collectors.counting()));
        errors.forEach(summary.putObject("errors")::put);
    }

    private void put(ObjectNode summary, String name, String words, Histogram times) {
        summary.set(name + "Ms", Figures.millis(times));
        journal.say(String.format(Locale.ROOT, "%s: %s ms", words, Figures.spread(times)));
    }

    /** In all groups at once. */
    private boolean warmUp(Load load, Observer observer, Connected connected) throws ScenarioFailure {
        observer.phase("warm-up", 0, talk.warmUpMs() / 1e3);
        Load.Outcome outcome = load.apply(talk.rates().getFirst(), talk.warmUpMs(), List.of());
        outcome.ended().violations().examples().forEach(journal::say);
        verdict.see(TalkLine.of(talk, 0, outcome, connected), true);
        return outcome.ended().violations().none();
    }

    /** What the server's processes use for the connections alone. */
    private JsonNode idleCores(Observer observer) {
        observer.phase("silence", 0, talk.stepMs() / 1e3);
        Snapshot before = stage.probe().look();
        long until = System.nanoTime() + talk.stepMs() * MILLI;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        return Figures.cores(before, stage.probe().look());
    }

    /** In turn, so that what changes on the machine in the meantime is shared by all. */
    private void talk(Load load, Observer observer, Connected connected, JsonNode idle) throws ScenarioFailure {
        double rate = talk.rates().getFirst();
        for (int turn = 0; turn < plan.rounds() * tallies.size(); turn++) {
            int slot = turn % tallies.size();
            GroupTally tally = tallies.get(slot);
            String name = String.format(
                    Locale.ROOT, "%d/%d to %,d", turn + 1, plan.rounds() * tallies.size(), tally.members());
            observer.phase(name, turn + 1, talk.stepMs() / 1e3);
            Load.Outcome outcome = load.apply(rate, talk.stepMs(), slot, List.of());
            ObjectNode line = TalkLine.of(talk, turn + 1, outcome, connected)
                    .put("roomSize", tally.connected())
                    .put("members", tally.members());
            TalkLine.write(line, outcome, observer, journal);
            tally.add(outcome, idle);
            verdict.see(line, false);
            if (!outcome.ended().violations().none()) {
                return;
            }
        }
    }

    private void sumUp(ObjectNode summary) {
        GroupTally large = tallies.getFirst();
        ArrayNode groups = summary.putArray("groups");
        for (GroupTally tally : tallies) {
            ObjectNode group = tally.json();
            group.set("ratio", large.ratio(tally));
            groups.add(group);
            journal.say(tally.words());
        }
        ObjectNode ratio = large.ratio(tallies.get(1));
        summary.set("ratio", ratio);
        journal.say(String.format(
                Locale.ROOT,
                "that to %,d against that to %,d: %s",
                large.members(),
                tallies.get(1).members(),
                ratio.toString().replace("\"", "")));
    }
}

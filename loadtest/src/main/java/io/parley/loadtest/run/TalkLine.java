package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Talk;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What a step of people who talk looks like as a line of JSON, and as one for people. */
final class TalkLine {
    private TalkLine() {}

    static ObjectNode of(Talk talk, int step, Load.Outcome outcome, Connected connected) {
        Scenario.Common common = talk.common();
        Recorder recorder = outcome.recorder();
        Histogram receive = recorder.receive();
        Snapshot before = outcome.before();
        Snapshot after = outcome.after();
        ObjectNode line = Figures.object()
                .put("scenario", common.name())
                .put("step", step)
                .put("people", common.people())
                .put("roomSize", common.rooms().getFirst().size())
                .put(
                        "roomsEach",
                        common.rooms().stream().mapToInt(layer -> layer.each()).sum())
                .put("textBytes", common.clients().textBytes())
                .put("connectSeconds", Figures.rounded(connected.seconds(), 3))
                .put("rate", outcome.perSecond())
                .put("seconds", Figures.rounded(outcome.seconds(), 2))
                .put("sent", outcome.ended().paced().sent())
                .put("acked", recorder.ack().getTotalCount())
                .put("sendsPerSecond", Figures.rounded(outcome.ackedPerSecond(), 1))
                .put("deliveries", receive.getTotalCount())
                .put("deliveriesPerSecond", Figures.rounded(outcome.deliveriesPerSecond(), 1))
                .put("healed", recorder.healedCount());
        line.set("ackMs", Figures.millis(recorder.ack()));
        line.set("receiveMs", Figures.millis(receive));
        addIfAny(line, "lastMs", outcome.ended().last());
        addIfAny(line, "historyMs", recorder.of(Recorder.Time.PAGE));
        addIfAny(line, "awayMs", recorder.of(Recorder.Time.AWAY));
        addIfAny(line, "behindMs", recorder.of(Recorder.Time.BEHIND));
        addGenerator(line, outcome);
        addCounts(line, outcome);
        line.set("cores", Figures.cores(before, after));
        line.set("cpuMicrosPerDelivery", Figures.microsEach(before, after, receive.getTotalCount()));
        if (after.knows(ServerProbe.SERVER)) {
            line.put("residentMb", after.residentKb(ServerProbe.SERVER) / 1024);
        }
        return line.put("loadAverageBefore", before.loadAverage()).put("loadAverage", after.loadAverage());
    }

    private static void addIfAny(ObjectNode line, String name, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            line.set(name, Figures.millis(histogram));
        }
    }

    private static void addGenerator(ObjectNode line, Load.Outcome outcome) {
        line.set("generatorLatenessMs", Figures.millis(outcome.ended().paced().lateness()));
        line.set("generatorPassMs", Figures.millis(outcome.recorder().of(Recorder.Time.PASS)));
        line.put("generatorBusiest", Figures.rounded(outcome.ended().busiest(), 2))
                .put("generatorWasBottleneck", !SelfCheck.excuses(outcome).isEmpty());
    }

    private static void addCounts(ObjectNode line, Load.Outcome outcome) {
        errors(outcome).forEach(line.putObject("errors")::put);
        outcome.recorder().notes().forEach(line.putObject("notes")::put);
        ObjectNode violations = line.putObject("violations");
        outcome.ended().violations().counts().forEach((kind, count) -> violations.put(kind.name(), count));
        if (!outcome.faults().isEmpty()) {
            line.set("faults", Faults.json(outcome.faults()));
            Faults.longest(outcome.faults())
                    .ifPresent(seconds -> line.put("recoverySeconds", Figures.rounded(seconds, 3)));
        }
    }

    private static Map<String, Long> errors(Load.Outcome outcome) {
        Map<String, Long> errors = new TreeMap<>(outcome.recorder().errors());
        putIfAny(errors, "send: session was closed", outcome.ended().paced().closed());
        putIfAny(errors, "send: no answer", outcome.ended().unanswered());
        putIfAny(errors, "sessions that did not come back or catch up", outcome.missing());
        long failed =
                outcome.faults().stream().filter(fault -> fault.status() > 0).count();
        putIfAny(errors, "commands of faults that failed", failed);
        return errors;
    }

    private static void putIfAny(Map<String, Long> errors, String what, long count) {
        if (count > 0) {
            errors.put(what, count);
        }
    }

    /** Writes down what came of a step, for programs and for people. */
    static void write(ObjectNode line, Load.Outcome outcome, Observer observer, Journal journal) {
        line.put("at", Figures.rounded(observer.at(), 1));
        observer.leastHeapMb().ifPresent(mb -> line.put("heapFloorMb", Figures.rounded(mb, 1)));
        journal.step(line, distributions(outcome));
        journal.say(words(line, outcome));
        SelfCheck.excuses(outcome).forEach(journal::say);
        outcome.ended().violations().examples().forEach(journal::say);
    }

    private static ObjectNode distributions(Load.Outcome outcome) {
        Recorder recorder = outcome.recorder();
        ObjectNode all = Figures.object();
        all.set("ack", Figures.distribution(recorder.ack()));
        all.set("receive", Figures.distribution(recorder.receive()));
        if (recorder.of(Recorder.Time.PAGE).getTotalCount() > 0) {
            all.set("history", Figures.distribution(recorder.of(Recorder.Time.PAGE)));
        }
        return all;
    }

    private static String words(ObjectNode line, Load.Outcome outcome) {
        Recorder recorder = outcome.recorder();
        StringBuilder words = new StringBuilder(String.format(
                Locale.ROOT,
                "%,6.0f/s  acked %,.0f/s  deliveries %,.0f/s  ack %s ms  receive %s ms, the last %s  late p99 %.2f ms",
                line.path("rate").asDouble(),
                line.path("sendsPerSecond").asDouble(),
                line.path("deliveriesPerSecond").asDouble(),
                Figures.spread(recorder.ack()),
                Figures.spread(recorder.receive()),
                Figures.spread(outcome.ended().last()),
                line.path("generatorLatenessMs").path("p99").asDouble()));
        if (line.has("historyMs")) {
            words.append("  history ")
                    .append(Figures.spread(recorder.of(Recorder.Time.PAGE)))
                    .append(" ms");
        }
        if (line.has("recoverySeconds")) {
            words.append("  all back after ")
                    .append(line.path("recoverySeconds").asText())
                    .append(" s");
        }
        words.append("  ")
                .append(line.path("cpuMicrosPerDelivery").path("total").asText())
                .append(" us/delivery");
        words.append("  cores ").append(line.path("cores").toString().replace("\"", ""));
        for (String kind : new String[] {"errors", "notes", "violations"}) {
            if (!line.path(kind).isEmpty()) {
                words.append("  ")
                        .append(kind)
                        .append(' ')
                        .append(line.path(kind).toString().replace("\"", ""));
            }
        }
        return words.toString();
    }
}

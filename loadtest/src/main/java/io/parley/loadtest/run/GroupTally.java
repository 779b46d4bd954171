package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.report.Figures;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What messages to groups of one kind have cost, over all steps. */
final class GroupTally {
    private static final double MICRO = 1e3;
    private static final double MEDIAN = 50;
    private static final String DATABASE = "postgres";

    private final int members;
    private final int connected;
    private final Histogram ack = Histograms.make();
    private final Histogram receive = Histograms.make();
    private final Histogram last = Histograms.make();
    private final Map<String, Double> micros = new TreeMap<>();

    /** @param connected of the members */
    GroupTally(int members, int connected) {
        this.members = members;
        this.connected = connected;
    }

    int members() {
        return members;
    }

    int connected() {
        return connected;
    }

    /**
     * Adds a step.
     *
     * @param idle cores that each group of processes uses while nobody says anything: they are taken off
     */
    void add(Load.Outcome outcome, JsonNode idle) {
        ack.add(outcome.recorder().ack());
        receive.add(outcome.recorder().receive());
        last.add(outcome.ended().last());
        double elapsed = outcome.after().nanos() - outcome.before().nanos();
        outcome.after().cpuSince(outcome.before()).forEach((group, used) -> {
            if (!group.equals(ServerProbe.GENERATOR) && !group.equals(Snapshot.OTHERS)) {
                double more = used - idle.path(group).asDouble() * elapsed;
                micros.merge(group, more / MICRO, Double::sum);
            }
        });
    }

    /** By how much a message costs more here than in another group: its median acknowledgement, the database's work. */
    ObjectNode ratio(GroupTally other) {
        ObjectNode ratio = Figures.object();
        put(ratio, "ack", Figures.ms(ack, MEDIAN) / Figures.ms(other.ack, MEDIAN));
        put(ratio, DATABASE, cpuMicros(DATABASE) / other.cpuMicros(DATABASE));
        return ratio;
    }

    private static void put(ObjectNode ratio, String name, double value) {
        if (Double.isFinite(value)) {
            ratio.put(name, Figures.rounded(value, 2));
        }
    }

    /** CPU time of a group of processes for a message, microseconds; NaN if it is not known. */
    private double cpuMicros(String group) {
        return micros.getOrDefault(group, Double.NaN) / Math.max(1, ack.getTotalCount());
    }

    String words() {
        return String.format(
                Locale.ROOT,
                "a message to %,d: ack %s ms, the last receiver %s ms, CPU us %s",
                members,
                Figures.spread(ack),
                Figures.spread(last),
                json().path("cpuMicrosPerSend").toString().replace("\"", ""));
    }

    /** For the summary. */
    ObjectNode json() {
        ObjectNode json = Figures.object()
                .put("members", members)
                .put("connected", connected)
                .put("sends", ack.getTotalCount());
        json.set("ackMs", Figures.millis(ack));
        json.set("receiveMs", Figures.millis(receive));
        json.set("lastMs", Figures.millis(last));
        ObjectNode each = json.putObject("cpuMicrosPerSend");
        micros.keySet().forEach(group -> each.put(group, Figures.rounded(cpuMicros(group), 1)));
        return json;
    }
}

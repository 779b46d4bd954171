package io.parley.loadtest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Where results go: for programs one JSON object a line, for people words and a table. */
final class Report {
    private final PrintStream lines;
    private final PrintStream people;
    private final List<String[]> table = new ArrayList<>();

    Report(PrintStream lines, PrintStream people) {
        this.lines = lines;
        this.people = people;
    }

    void say(String sentence) {
        people.println(sentence);
    }

    /** Shown now, and once more in the table at the end; all rows of a run have the same cells. */
    void row(List<String> names, List<String> cells) {
        if (table.isEmpty()) {
            table.add(names.toArray(String[]::new));
        }
        table.add(cells.toArray(String[]::new));
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            line.append(i == 0 ? "" : ", ").append(names.get(i)).append(' ').append(cells.get(i));
        }
        say(line.toString());
    }

    void line(ObjectNode result) {
        lines.println(result);
    }

    void printTable() {
        if (table.isEmpty()) {
            return;
        }
        int[] widths = new int[table.getFirst().length];
        for (String[] row : table) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        say("");
        for (String[] row : table) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append("  ")
                        .append(" ".repeat(widths[i] - row[i].length()))
                        .append(row[i]);
            }
            say(line.toString());
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The percentiles of a histogram of nanoseconds, in milliseconds. */
    static ObjectNode millis(Histogram histogram) {
        return object().put("p50", ms(histogram, 50))
                .put("p95", ms(histogram, 95))
                .put("p99", ms(histogram, 99))
                .put("p999", ms(histogram, 99.9))
                .put("max", ms(histogram, 100));
    }

    static double ms(Histogram histogram, double percentile) {
        return Math.round(histogram.getValueAtPercentile(percentile) / 1e3) / 1e3;
    }

    /** p50/p95/p99/max for people. */
    static String spread(Histogram histogram) {
        return String.format(
                "%.2f/%.2f/%.2f/%.0f", ms(histogram, 50), ms(histogram, 95), ms(histogram, 99), ms(histogram, 100));
    }

    /** What each group of processes has used, in cores. */
    static ObjectNode cores(Snapshot before, Snapshot after) {
        ObjectNode cores = object();
        double nanos = after.nanos() - before.nanos();
        after.cpuSince(before).forEach((group, used) -> cores.put(group, rounded(used / nanos, 3)));
        return cores;
    }

    /** CPU time of each group but the generator and strangers, in microseconds for each of {@code count}. */
    static ObjectNode microsEach(Snapshot before, Snapshot after, long count) {
        ObjectNode each = object();
        double total = 0;
        for (Map.Entry<String, Long> group : after.cpuSince(before).entrySet()) {
            boolean under = !group.getKey().equals(ServerProbe.GENERATOR)
                    && !group.getKey().equals(Snapshot.OTHERS);
            if (under && count > 0) {
                double micros = group.getValue() / 1e3 / count;
                each.put(group.getKey(), rounded(micros, 2));
                total += micros;
            }
        }
        return each.put("total", rounded(total, 2));
    }

    static double rounded(double value, int digits) {
        double scale = Math.pow(10, digits);
        return Math.round(value * scale) / scale;
    }
}

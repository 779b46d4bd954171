package io.parley.support.testing.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The costs of many faults by kind, as a table in Markdown: median and worst of each, in seconds. */
final class CostTable {
    private static final String TOGETHER = "two at once";
    private static final Duration LONG = Duration.ofSeconds(3);
    private static final String HEAD =
            "| fault | count | away | send to ack | after mending | stored to all | after mending |\n"
                    + "|---|---:|---:|---:|---:|---:|---:|\n";

    private CostTable() {}

    static String of(List<Cost> costs) {
        Map<String, List<Cost>> kinds = new TreeMap<>();
        for (Cost cost : costs) {
            String kind = cost.together() ? TOGETHER : cost.run().fault().kind().word;
            kinds.computeIfAbsent(kind, any -> new ArrayList<>()).add(cost);
        }
        StringBuilder table = new StringBuilder(HEAD);
        kinds.forEach((kind, all) -> table.append("| ")
                .append(kind)
                .append(" | ")
                .append(all.size())
                .append(cell(all, Cost::away))
                .append(cell(all, Cost::accepted))
                .append(cell(all, Cost::acceptedHealed))
                .append(cell(all, Cost::complete))
                .append(cell(all, Cost::completeHealed))
                .append(" |\n"));
        return table.toString();
    }

    private static String cell(List<Cost> costs, Function<Cost, Duration> figure) {
        List<Duration> sorted = costs.stream().map(figure).sorted().toList();
        return " | " + seconds(sorted.get((sorted.size() - 1) / 2)) + " / " + seconds(sorted.getLast());
    }

    /** One line for each fault and each long absence, in the order of time, with seconds since the traffic began. */
    static String lines(List<Cost> costs, List<Absence> absences) {
        long begin = costs.stream()
                .mapToLong(cost ->
                        cost.run().beganNanos() - cost.run().fault().at().toNanos())
                .min()
                .orElse(0);
        TreeMap<Long, String> lines = new TreeMap<>();
        for (Cost cost : costs) {
            lines.put(
                    cost.run().beganNanos(),
                    "%s to %s s %s node %d other %d%s: away %s, send to ack %s (after mending %s), stored to all %s (%s)"
                            .formatted(
                                    since(begin, cost.run().beganNanos()),
                                    since(begin, cost.run().healedNanos()),
                                    cost.run().fault().kind().word,
                                    cost.run().fault().node(),
                                    cost.run().fault().other(),
                                    cost.together() ? " with others" : "",
                                    seconds(cost.away()),
                                    seconds(cost.accepted()),
                                    seconds(cost.acceptedHealed()),
                                    seconds(cost.complete()),
                                    seconds(cost.completeHealed())));
        }
        for (Absence absence : absences) {
            if (absence.toNanos() - absence.fromNanos() > LONG.toNanos()) {
                lines.put(
                        absence.fromNanos(),
                        "%s to %s s %s was away"
                                .formatted(
                                        since(begin, absence.fromNanos()),
                                        since(begin, absence.toNanos()),
                                        absence.device()));
            }
        }
        return String.join("\n", lines.values()) + "\n";
    }

    private static String since(long begin, long nanos) {
        return seconds(Duration.ofNanos(nanos - begin));
    }

    static String seconds(Duration time) {
        return time.equals(Cost.NEVER) ? "never" : String.format(Locale.ROOT, "%.2f", time.toMillis() / 1_000.0);
    }
}

package io.parley.loadtest.scenario;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a figure must not exceed, or must reach.
 *
 * @param measure name of the figure, such as {@code receive.p95Ms}
 * @param least whether the limit is the least; else it is the most
 */
public record Threshold(String measure, boolean least, double limit) {
    private static final Pattern BOUND = Pattern.compile("(<=|>=)?\\s*(-?\\d+(?:\\.\\d+)?)");
    private static final Set<String> TIMES = Set.of(
            "ack",
            "receive",
            "last",
            "history",
            "away",
            "behind",
            "connect",
            "addMembers",
            "memberPage",
            "searchAll",
            "searchOne",
            "searchNone",
            "generatorLateness");
    private static final Set<String> PERCENTILES = Set.of("p50Ms", "p95Ms", "p99Ms", "p999Ms", "maxMs");
    private static final Set<String> FIGURES = Set.of(
            "violations",
            "errors",
            "healed",
            "sendsPerSecond",
            "deliveriesPerSecond",
            "cpuMicrosPerDelivery.total",
            "connectSeconds",
            "connectsPerSecond",
            "residentKbPerSession",
            "heapKbPerSession",
            "residentKbPerMore",
            "heapKbPerMore",
            "idleCpuMicrosPerSessionSecond",
            "idleCpuMicrosPerMoreSecond",
            "recoverySeconds",
            "ratio.ack",
            "ratio.postgres",
            "maximum.sendsPerSecond",
            "maximum.deliveriesPerSecond",
            "growth.residentMbPerHour",
            "growth.heapMbPerHour",
            "growth.receiveP95MsPerHour");

    /** Those of a mapping: a number is the most that may be, {@code ">= 5"} the least that must be. */
    static List<Threshold> all(Settings settings) {
        return settings.texts().entrySet().stream().map(Threshold::of).toList();
    }

    private static Threshold of(Map.Entry<String, String> entry) {
        Matcher bound = BOUND.matcher(entry.getValue().strip());
        if (!isKnown(entry.getKey())) {
            throw new Mistake("there is no figure " + entry.getKey() + "; there are: " + known());
        }
        if (!bound.matches()) {
            throw new Mistake("the threshold " + entry.getKey() + " must be a number (the most), \"<= number\" or"
                    + " \">= number\", not " + entry.getValue());
        }
        return new Threshold(entry.getKey(), ">=".equals(bound.group(1)), Double.parseDouble(bound.group(2)));
    }

    private static boolean isKnown(String measure) {
        String[] words = measure.split("\\.", 2);
        return FIGURES.contains(measure)
                || (words.length == 2 && TIMES.contains(words[0]) && PERCENTILES.contains(words[1]));
    }

    private static String known() {
        return Stream.concat(
                        FIGURES.stream().sorted(),
                        TIMES.stream().sorted().map(time -> time + ".p50Ms|p95Ms|p99Ms|p999Ms|maxMs"))
                .collect(Collectors.joining(", "));
    }

    public boolean holds(double value) {
        return least ? value >= limit : value <= limit;
    }

    /** Which of two values is nearer to failing. */
    public double worse(double one, double other) {
        return least ? Math.min(one, other) : Math.max(one, other);
    }

    /** Such as {@code receive.p95Ms <= 100}. */
    @Override
    public String toString() {
        return measure
                + (least ? " >= " : " <= ")
                + (limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit));
    }
}

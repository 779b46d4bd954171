package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/** Puts measurements into JSON, and finds figures there by name. */
public final class Figures {
    /** Where a distribution is sampled. */
    private static final double[] PERCENTILES = {
        0, 10, 25, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 98.5, 99, 99.3, 99.5, 99.7, 99.8, 99.9, 99.95,
        99.99, 100
    };

    private Figures() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The percentiles of a histogram of nanoseconds, in milliseconds. */
    public static ObjectNode millis(Histogram histogram) {
        return object().put("p50", ms(histogram, 50))
                .put("p95", ms(histogram, 95))
                .put("p99", ms(histogram, 99))
                .put("p999", ms(histogram, 99.9))
                .put("max", ms(histogram, 100));
    }

    /** Pairs of percentile and milliseconds, for a plot. */
    public static ArrayNode distribution(Histogram histogram) {
        ArrayNode pairs = JsonNodeFactory.instance.arrayNode();
        for (double percentile : PERCENTILES) {
            pairs.addArray().add(percentile).add(ms(histogram, percentile));
        }
        return pairs;
    }

    public static double ms(Histogram histogram, double percentile) {
        return Math.round(histogram.getValueAtPercentile(percentile) / 1e3) / 1e3;
    }

    /** p50/p95/p99/max for people. */
    public static String spread(Histogram histogram) {
        return String.format(
                Locale.ROOT,
                "%.2f/%.2f/%.2f/%.0f",
                ms(histogram, 50),
                ms(histogram, 95),
                ms(histogram, 99),
                ms(histogram, 100));
    }

    /** What each group of processes has used, in cores. */
    public static ObjectNode cores(Snapshot before, Snapshot after) {
        ObjectNode cores = object();
        double nanos = after.nanos() - before.nanos();
        after.cpuSince(before).forEach((group, used) -> cores.put(group, rounded(used / nanos, 3)));
        return cores;
    }

    /** CPU time of each group but the generator and strangers, in microseconds for each of {@code count}. */
    public static ObjectNode microsEach(Snapshot before, Snapshot after, long count) {
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

    public static double rounded(double value, int digits) {
        double scale = Math.pow(10, digits);
        return Math.round(value * scale) / scale;
    }

    /**
     * A figure of a line by its name: {@code receive.p95Ms} is in {@code receiveMs}, {@code errors} and
     * {@code violations} are sums over all kinds, everything else is a path.
     */
    public static OptionalDouble find(JsonNode line, String measure) {
        if (measure.equals("errors") || measure.equals("violations")) {
            JsonNode kinds = line.path(measure);
            double sum = 0;
            for (JsonNode count : kinds) {
                sum += count.asDouble();
            }
            return kinds.isObject() ? OptionalDouble.of(sum) : OptionalDouble.empty();
        }
        JsonNode found = line;
        for (String word : path(measure)) {
            found = found.path(word);
        }
        return found.isNumber() ? OptionalDouble.of(found.doubleValue()) : OptionalDouble.empty();
    }

    private static String[] path(String measure) {
        String[] words = measure.split("\\.", -1);
        if (words.length == 2 && words[1].endsWith("Ms")) {
            return new String[] {words[0] + "Ms", words[1].substring(0, words[1].length() - 2)};
        }
        return words;
    }
}

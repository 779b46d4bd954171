package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How everything went, second by second. */
final class TimeCharts {
    private static final int MOST_MARKS = 12;
    private static final String SECONDS = "s";
    private static final String FAULT = "✕";

    private final List<ObjectNode> seconds;
    private final List<ObjectNode> events;
    private final double receiveLimit;
    private final double[] times;
    private final List<Chart.Mark> marks;

    /** @param receiveLimit for deliveries, ms; NaN: none */
    TimeCharts(List<ObjectNode> seconds, List<ObjectNode> events, double receiveLimit) {
        this.seconds = seconds;
        this.events = events;
        this.receiveLimit = receiveLimit;
        this.times = figures("at");
        this.marks = marks();
    }

    String html() {
        if (seconds.size() < 2) {
            return "";
        }
        return "<h2>Second by second</h2>\n" + faults() + "<div class=\"charts\">\n"
                + latency("Send to receive", "receiveMs").limit(receiveLimit).html()
                + latency("Send to acknowledgement", "ackMs").html()
                + chart("Deliveries", "a second")
                        .rare("deliveries", 1, figures("deliveries"))
                        .html()
                + chart("Sends acknowledged", "a second")
                        .rare("acknowledged", 0, figures("acked"))
                        .html()
                + latency("Pages of history", "historyMs").html()
                + chart("Sessions", "")
                        .curve("ready", 1, figures("sessions"))
                        .rare("catching up", 4, figures("catchingUp"))
                        .html()
                + cores().html()
                + chart("Memory of the server", "MB")
                        .curve("resident", 1, figures("serverMb"))
                        .curve("heap, garbage included", 0, figures("heapMb"))
                        .html()
                + chart("Garbage collection", "ms of each second")
                        .rare("pauses", 2, figures("gcMs"))
                        .html()
                + chart("Errors", "a second")
                        .rare("errors", 5, figures("errors"))
                        .html()
                + "</div>\n";
    }

    private String faults() {
        if (events.isEmpty()) {
            return "";
        }
        StringBuilder list = new StringBuilder("<p class=\"note\">" + FAULT);
        for (ObjectNode event : events) {
            list.append(list.indexOf("after") > 0 ? "; " : " ")
                    .append(Html.escape("after " + Html.number(event.path("at").asDouble()) + " s: "
                            + event.path("what").asText()));
        }
        return list.append("</p>\n").toString();
    }

    private Chart chart(String title, String unit) {
        return new Chart(title, unit, SECONDS, false, times).marks(marks);
    }

    private Chart latency(String title, String group) {
        return new Chart(title, "ms", SECONDS, true, times)
                .marks(marks)
                .curve("max", 3, figures(group, "max"))
                .curve("p99", 2, figures(group, "p99"))
                .curve("p95", 1, figures(group, "p95"))
                .curve("p50", 0, figures(group, "p50"));
    }

    private Chart cores() {
        Chart chart = chart("Processors", "cores in use");
        Set<String> groups = new TreeSet<>();
        seconds.forEach(second -> second.path("cores").fieldNames().forEachRemaining(groups::add));
        List<String> order = new ArrayList<>(List.of("server", "postgres", "generator", "others"));
        groups.stream().filter(group -> !order.contains(group)).forEach(order::add);
        int[] colours = {1, 0, 4, 3, 2, 5};
        for (int i = 0; i < order.size(); i++) {
            chart.curve(order.get(i), colours[i % colours.length], figures("cores", order.get(i)));
        }
        return chart;
    }

    private List<Chart.Mark> marks() {
        List<Chart.Mark> starts = new ArrayList<>();
        int step = 0;
        for (JsonNode second : seconds) {
            if (second.path("step").asInt() > step) {
                step = second.path("step").asInt();
                starts.add(new Chart.Mark(second.path("at").asDouble(), Integer.toString(step)));
            }
        }
        int each = (starts.size() + MOST_MARKS - 1) / MOST_MARKS;
        List<Chart.Mark> some = new ArrayList<>();
        for (int i = 0; i < starts.size(); i += each) {
            some.add(starts.get(i));
        }
        events.forEach(event -> some.add(new Chart.Mark(event.path("at").asDouble(), FAULT)));
        return some;
    }

    private double[] figures(String... path) {
        return seconds.stream().mapToDouble(second -> figure(second, path)).toArray();
    }

    private static double figure(JsonNode line, String... path) {
        JsonNode found = line;
        for (String word : path) {
            found = found.path(word);
        }
        return found.isNumber() ? found.asDouble() : Double.NaN;
    }
}

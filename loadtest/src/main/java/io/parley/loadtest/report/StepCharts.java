package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What came of each step: a table, latencies over the rate, and whole distributions. */
final class StepCharts {
    private static final int MOST_CURVES = 6;
    /** Where the distribution's axis has labels; as far apart as nines are. */
    private static final double[] NINES = {50, 90, 99, 99.9, 99.99};

    private final List<ObjectNode> steps;

    StepCharts(List<ObjectNode> steps) {
        this.steps = steps;
    }

    String html() {
        if (steps.isEmpty()) {
            return "";
        }
        boolean talk = steps.getFirst().has("rate");
        return "<h2>Steps</h2>\n" + (talk ? talkTable() : sessionsTable())
                + "<div class=\"charts\" style=\"margin-top:.9rem\">\n"
                + (talk ? overRate() : "")
                + distribution("receive", "Send to receive, by percentile")
                + distribution("ack", "Send to acknowledgement, by percentile")
                + distribution("history", "Pages of history, by percentile")
                + distribution("connect", "Connecting, by percentile")
                + "</div>\n";
    }

    private String talkTable() {
        List<String> head = List.of(
                "step",
                "sends/s due",
                "acked/s",
                "deliveries/s",
                "receive p50",
                "p95",
                "p99",
                "max ms",
                "last p50 ms",
                "ack p95 ms",
                "µs/delivery",
                "server cores",
                "errors",
                "violations",
                "");
        List<Html.Row> rows = new ArrayList<>();
        for (ObjectNode step : steps) {
            boolean beyond = step.path("beyond").asBoolean();
            rows.add(new Html.Row(
                    beyond ? "beyond" : "",
                    List.of(
                            step.path("step").asText(),
                            number(step.path("rate")),
                            number(step.path("sendsPerSecond")),
                            number(step.path("deliveriesPerSecond")),
                            number(step.path("receiveMs").path("p50")),
                            number(step.path("receiveMs").path("p95")),
                            number(step.path("receiveMs").path("p99")),
                            number(step.path("receiveMs").path("max")),
                            number(step.path("lastMs").path("p50")),
                            number(step.path("ackMs").path("p95")),
                            number(step.path("cpuMicrosPerDelivery").path("total")),
                            number(step.path("cores").path("server")),
                            kinds(step.path("errors")),
                            kinds(step.path("violations")),
                            remark(step, beyond))));
        }
        return Html.table(head, rows);
    }

    private static String remark(JsonNode step, boolean beyond) {
        List<String> remarks = new ArrayList<>();
        if (step.has("members")) {
            remarks.add("to " + Html.number(step.path("members").asDouble()) + " members");
        }
        if (beyond) {
            remarks.add("beyond the limit");
        }
        if (step.path("generatorWasBottleneck").asBoolean()) {
            remarks.add("the generator was a bottleneck");
        }
        if (step.has("recoverySeconds")) {
            remarks.add(
                    "all back after " + Html.number(step.path("recoverySeconds").asDouble()) + " s");
        }
        return remarks.isEmpty() ? "" : "<span class=\"long\">" + Html.escape(String.join("; ", remarks)) + "</span>";
    }

    private String sessionsTable() {
        List<String> head = List.of(
                "step",
                "sessions",
                "all ready s",
                "connects/s",
                "connect p50",
                "p99 ms",
                "RSS KB each",
                "heap KB each",
                "RSS KB each more",
                "idle CPU µs/s each",
                "CPU µs a connect",
                "errors");
        List<Html.Row> rows = new ArrayList<>();
        for (ObjectNode step : steps) {
            rows.add(new Html.Row(
                    "",
                    List.of(
                            step.path("step").asText(),
                            number(step.path("sessions")),
                            number(step.path("connectSeconds")),
                            number(step.path("connectsPerSecond")),
                            number(step.path("connectMs").path("p50")),
                            number(step.path("connectMs").path("p99")),
                            number(step.path("residentKbPerSession")),
                            number(step.path("heapKbPerSession")),
                            number(step.path("residentKbPerMore")),
                            number(step.path("idleCpuMicrosPerSessionSecond")),
                            number(step.path("cpuMicrosPerConnect").path("total")),
                            kinds(step.path("errors")))));
        }
        return Html.table(head, rows);
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? Html.number(value.asDouble()) : "–";
    }

    private static String kinds(JsonNode counts) {
        if (counts.isEmpty()) {
            return "0";
        }
        return counts.properties().stream()
                .map(one -> Html.escape(one.getKey() + ": " + one.getValue().asText()))
                .collect(Collectors.joining("<br>"));
    }

    private String overRate() {
        double[] rates =
                steps.stream().mapToDouble(step -> step.path("rate").asDouble()).toArray();
        boolean rising = rates.length > 1;
        for (int i = 1; i < rates.length; i++) {
            rising &= rates[i] > rates[i - 1];
        }
        if (!rising) {
            return "";
        }
        Chart chart = new Chart("Send to receive over the rate", "ms", "sends/s", true, rates);
        String[] percentiles = {"p50", "p95", "p99"};
        for (int i = 0; i < percentiles.length; i++) {
            String percentile = percentiles[i];
            chart.curve(
                    percentile,
                    i,
                    steps.stream()
                            .mapToDouble(step ->
                                    step.path("receiveMs").path(percentile).asDouble())
                            .toArray());
        }
        return chart.html();
    }

    private String distribution(String name, String title) {
        List<ObjectNode> some = steps.stream()
                .filter(step -> step.path("distribution").has(name))
                .toList();
        if (some.isEmpty()) {
            return "";
        }
        JsonNode first = some.getFirst().path("distribution").path(name);
        double[] xs = new double[first.size()];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = nines(first.get(i).get(0).asDouble());
        }
        List<Chart.Mark> ticks = new ArrayList<>();
        for (double percentile : NINES) {
            ticks.add(new Chart.Mark(nines(percentile), Chart.brief(percentile) + " %"));
        }
        Chart chart = new Chart(title, "ms", "nines", true, xs).xTicks(ticks);
        List<ObjectNode> shown = spread(some);
        for (int i = 0; i < shown.size(); i++) {
            chart.curve(
                    label(shown.get(i)), i, ys(shown.get(i).path("distribution").path(name)));
        }
        return chart.html();
    }

    /** So that 90, 99 and 99.9 % are equally far apart; the maximum is where 99.999 % would be. */
    private static double nines(double percentile) {
        return -Math.log10(1 - Math.min(percentile, 99.999) / 100);
    }

    private static double[] ys(JsonNode pairs) {
        double[] ys = new double[pairs.size()];
        for (int i = 0; i < ys.length; i++) {
            ys[i] = pairs.get(i).get(1).asDouble();
        }
        return ys;
    }

    private static String label(JsonNode step) {
        if (step.has("members")) {
            return "to " + Html.number(step.path("members").asDouble());
        }
        return step.has("rate")
                ? Html.number(step.path("rate").asDouble()) + "/s"
                : Html.number(step.path("sessions").asDouble()) + " sessions";
    }

    /** Not more than can be told apart, the first and the last among them. */
    private static List<ObjectNode> spread(List<ObjectNode> all) {
        if (all.size() <= MOST_CURVES) {
            return all;
        }
        List<ObjectNode> some = new ArrayList<>();
        for (int i = 0; i < MOST_CURVES; i++) {
            some.add(all.get(i * (all.size() - 1) / (MOST_CURVES - 1)));
        }
        return some;
    }
}

package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The report of one run as one HTML file that needs nothing else, made from its lines. */
public final class Page {
    private final List<ObjectNode> steps;
    private final List<ObjectNode> seconds;
    private final List<ObjectNode> events;
    private final JsonNode run;
    private final JsonNode summary;

    private Page(List<ObjectNode> lines) {
        steps = Lines.all(lines, "step");
        seconds = Lines.all(lines, "second");
        events = Lines.all(lines, "event");
        run = Lines.one(lines, "run");
        summary = Lines.one(lines, "summary");
    }

    public static String of(List<ObjectNode> lines) {
        Page page = new Page(lines);
        String name = page.run.path("scenario").asText("load");
        return Html.page(
                "Parley load: " + name,
                page.header(name)
                        + page.tiles()
                        + page.thresholds()
                        + new TimeCharts(page.seconds, page.events, page.limit("receive.p95Ms")).html()
                        + new GroupTable(page.summary).html()
                        + new StepCharts(page.steps).html()
                        + page.facts());
    }

    private String header(String name) {
        String badge = summary.has("passed")
                ? Html.badge(
                        summary.path("passed").asBoolean(),
                        summary.path("passed").asBoolean() ? "passed" : "failed")
                : Html.badge(false, "did not end");
        return "<header><h1>" + Html.escape(name) + "</h1>" + badge + "<p>"
                + Html.escape(run.path("about").asText()) + "</p></header>\n";
    }

    private String tiles() {
        StringBuilder tiles = new StringBuilder("<div class=\"tiles\">");
        ObjectNode best = best();
        tile(tiles, "held sends a second", summary.path("maximum").path("sendsPerSecond"), "/s");
        tile(tiles, "deliveries a second", summary.path("maximum").path("deliveriesPerSecond"), "/s");
        tile(tiles, "receive p95 there", best.path("receiveMs").path("p95"), "ms");
        tile(tiles, "receive p99 there", best.path("receiveMs").path("p99"), "ms");
        tile(tiles, "history page p95", best.path("historyMs").path("p95"), "ms");
        tile(tiles, "all back and caught up", best.path("recoverySeconds"), "s");
        tile(tiles, "CPU for a delivery", best.path("cpuMicrosPerDelivery").path("total"), "µs");
        tile(tiles, "sessions", best.path("sessions"), "");
        tile(tiles, "all ready after", best.has("sessions") ? best.path("connectSeconds") : best.path("none"), "s");
        tile(tiles, "memory of a session", best.path("residentKbPerSession"), "KB");
        tile(tiles, "heap of a session", best.path("heapKbPerSession"), "KB");
        tile(tiles, "CPU of an idle session", best.path("idleCpuMicrosPerSessionSecond"), "µs/s");
        double violations = sum("violations");
        tiles.append("<div class=\"card tile\"><b class=\"" + (violations == 0 ? "good" : "bad") + "\">"
                + Html.number(violations) + "</b><span>violations</span></div>");
        tiles.append("<div class=\"card tile\"><b>" + Html.number(sum("errors")) + "</b><span>errors</span></div>");
        return tiles.append("</div>\n").toString();
    }

    private static void tile(StringBuilder tiles, String name, JsonNode value, String unit) {
        if (value.isNumber()) {
            tiles.append("<div class=\"card tile\"><b>")
                    .append(Html.number(value.asDouble()))
                    .append(unit.isEmpty() ? "" : " <i>" + unit + "</i>")
                    .append("</b><span>")
                    .append(Html.escape(name))
                    .append("</span></div>");
        }
    }

    /** The last step that was not beyond what the server bears. */
    private ObjectNode best() {
        ObjectNode best = steps.isEmpty() ? Figures.object() : steps.getFirst();
        for (ObjectNode step : steps) {
            best = step.path("beyond").asBoolean() ? best : step;
        }
        return best;
    }

    private double sum(String kinds) {
        return steps.stream()
                .mapToDouble(step -> Figures.find(step, kinds).orElse(0))
                .sum();
    }

    private double limit(String measure) {
        for (JsonNode one : summary.path("thresholds")) {
            if (one.path("measure").asText().equals(measure)) {
                String[] words = one.path("threshold").asText().split(" ", -1);
                return Double.parseDouble(words[words.length - 1]);
            }
        }
        return Double.NaN;
    }

    private String thresholds() {
        List<Html.Row> rows = new ArrayList<>();
        for (JsonNode one : summary.path("thresholds")) {
            boolean held = one.path("held").asBoolean();
            rows.add(new Html.Row(
                    "",
                    List.of(
                            "<code>" + Html.escape(one.path("threshold").asText()) + "</code>",
                            one.path("value").isNumber()
                                    ? Html.number(one.path("value").asDouble())
                                    : "not measured",
                            Html.badge(held, held ? "held" : "missed"))));
        }
        return rows.isEmpty() ? "" : "<h2>Thresholds</h2>\n" + Html.table(List.of("what must be", "worst", ""), rows);
    }

    private String facts() {
        StringBuilder facts = new StringBuilder(
                "<h2>What was run on what</h2>\n<div class=\"card scroll\">" + "<table class=\"facts\">\n");
        fact(facts, "command", "command", true);
        fact(facts, "began", "began", false);
        fact(facts, "server", "server", true);
        fact(facts, "sockets", "sockets", true);
        fact(facts, "contract version", "contract", false);
        fact(facts, "server processes here", "serverProcesses", false);
        fact(facts, "server's JVM", "serverCommand", true);
        fact(facts, "processors of the generator", "processors", false);
        fact(facts, "memory, MB", "memoryMb", false);
        fact(facts, "system of the generator", "machine", false);
        fact(facts, "JVM of the generator", "generatorJvm", false);
        facts.append("</table></div>\n<footer>Latencies count from the time a send was due, to every receiver. ")
                .append("The exact figures of all seconds and steps are in the lines beside this page.</footer>\n");
        return facts.toString();
    }

    private void fact(StringBuilder facts, String name, String key, boolean code) {
        JsonNode value = run.path(key);
        String text = Html.escape(
                value.isValueNode() ? value.asText() : value.toString().replaceAll("[\\[\\]\"]", ""));
        if (!value.isMissingNode() && !text.isEmpty()) {
            facts.append(
                    "<tr><td>" + name + "</td><td>" + (code ? "<code>" + text + "</code>" : text) + "</td></tr>\n");
        }
    }
}

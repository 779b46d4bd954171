package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Two runs side by side: as a table on the terminal and as a page. */
public final class Comparison {
    /** Smaller differences are noise, and neither better nor worse. */
    private static final double NOISE = 0.05;

    private static final List<Measure> MEASURES = List.of(
            new Measure("sends/s", "sendsPerSecond", true),
            new Measure("deliveries/s", "deliveriesPerSecond", true),
            new Measure("receive p50 ms", "receive.p50Ms", false),
            new Measure("receive p95 ms", "receive.p95Ms", false),
            new Measure("receive p99 ms", "receive.p99Ms", false),
            new Measure("last receiver p50 ms", "last.p50Ms", false),
            new Measure("ack p50 ms", "ack.p50Ms", false),
            new Measure("ack p95 ms", "ack.p95Ms", false),
            new Measure("ack p99 ms", "ack.p99Ms", false),
            new Measure("history p95 ms", "history.p95Ms", false),
            new Measure("all back s", "recoverySeconds", false),
            new Measure("CPU us/delivery", "cpuMicrosPerDelivery.total", false),
            new Measure("server cores", "cores.server", false),
            new Measure("all connected s", "connectSeconds", false),
            new Measure("RSS KB/session", "residentKbPerSession", false),
            new Measure("heap KB/session", "heapKbPerSession", false),
            new Measure("RSS KB/more session", "residentKbPerMore", false),
            new Measure("idle CPU us/s/session", "idleCpuMicrosPerSessionSecond", false),
            new Measure("RSS MB", "residentMb", false),
            new Measure("errors", "errors", false),
            new Measure("violations", "violations", false));

    private final String firstName;
    private final String secondName;
    private final JsonNode firstRun;
    private final JsonNode secondRun;
    private final List<Row> rows = new ArrayList<>();

    /** Of the summary of a large group. */
    private static final List<Measure> OF_MEMBERS = List.of(
            new Measure("a thousand added p50 ms", "addMembers.p50Ms", false),
            new Measure("page p50 ms", "memberPage.p50Ms", false),
            new Measure("by a letter p50 ms", "searchAll.p50Ms", false),
            new Measure("by a name p50 ms", "searchOne.p50Ms", false),
            new Measure("ack to that of others", "ratio.ack", false));

    private record Measure(String name, String path, boolean more) {}

    enum Mark {
        BETTER,
        WORSE,
        SAME
    }

    /** @param ratio of the second to the first; NaN if the first is 0 */
    record Row(String step, String measure, double first, double second, double ratio, Mark mark) {}

    /** @param firstName of the run that is compared with, as people know it */
    public Comparison(String firstName, List<ObjectNode> first, String secondName, List<ObjectNode> second) {
        this.firstName = firstName;
        this.secondName = secondName;
        this.firstRun = Lines.one(first, "run");
        this.secondRun = Lines.one(second, "run");
        addMaximum(Lines.one(first, "summary"), Lines.one(second, "summary"));
        OF_MEMBERS.forEach(
                measure -> add("members", measure, Lines.one(first, "summary"), Lines.one(second, "summary")));
        Map<String, ObjectNode> others = byLabel(Lines.all(second, "step"));
        byLabel(Lines.all(first, "step")).forEach((label, one) -> {
            ObjectNode other = others.get(label);
            if (other != null) {
                MEASURES.forEach(measure -> add(label, measure, one, other));
            }
        });
    }

    /** Of several steps with one rate all but the first have their turn in the label. */
    private static Map<String, ObjectNode> byLabel(List<ObjectNode> steps) {
        Map<String, ObjectNode> labelled = new LinkedHashMap<>();
        for (ObjectNode step : steps) {
            String label = label(step);
            for (int turn = 2; labelled.containsKey(label); turn++) {
                label = label(step) + ", no. " + turn;
            }
            labelled.put(label, step);
        }
        return labelled;
    }

    private void addMaximum(JsonNode first, JsonNode second) {
        add("maximum", new Measure("sends/s", "maximum.sendsPerSecond", true), first, second);
        add("maximum", new Measure("deliveries/s", "maximum.deliveriesPerSecond", true), first, second);
    }

    private static String label(JsonNode step) {
        if (step.has("members")) {
            return "to " + Html.number(step.path("members").asDouble());
        }
        return step.has("rate")
                ? Html.number(step.path("rate").asDouble()) + " sends/s"
                : Html.number(step.path("sessions").asDouble()) + " sessions";
    }

    private void add(String step, Measure measure, JsonNode first, JsonNode second) {
        OptionalDouble one = Figures.find(first, measure.path());
        OptionalDouble other = Figures.find(second, measure.path());
        if (one.isPresent() && other.isPresent()) {
            double a = one.getAsDouble();
            double b = other.getAsDouble();
            rows.add(new Row(step, measure.name(), a, b, a == 0 ? Double.NaN : b / a, mark(a, b, measure.more())));
        }
    }

    private static Mark mark(double first, double second, boolean more) {
        if (Math.abs(second - first) <= NOISE * Math.max(Math.abs(first), Math.abs(second))) {
            return Mark.SAME;
        }
        return second > first == more ? Mark.BETTER : Mark.WORSE;
    }

    List<Row> rows() {
        return rows;
    }

    /** For the terminal. */
    public String table() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, "%-18s %-22s %14s %14s %8s%n", "", "", "first", "second", "ratio"));
        String step = "";
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-18s %-22s %14s %14s %8s %s%n",
                    row.step().equals(step) ? "" : row.step(),
                    row.measure(),
                    Html.number(row.first()),
                    Html.number(row.second()),
                    ratio(row),
                    row.mark() == Mark.SAME ? "" : row.mark().name().toLowerCase(Locale.ROOT)));
            step = row.step();
        }
        return table.append(String.format(Locale.ROOT, "first: %s, second: %s%n", firstName, secondName))
                .toString();
    }

    private static String ratio(Row row) {
        return Double.isNaN(row.ratio()) ? "" : String.format(Locale.ROOT, "%.2f", row.ratio());
    }

    /** As HTML that needs nothing else. */
    public String page() {
        StringBuilder body = new StringBuilder("<header><h1>" + Html.escape(scenario(secondRun)) + ": two runs</h1><p>"
                + "Differences up to 5 % count as none.</p></header>\n");
        body.append("<h2>The runs</h2>\n")
                .append(Html.table(
                        List.of("", firstName, secondName),
                        List.of(
                                fact("scenario", "scenario"),
                                fact("began", "began"),
                                fact("command", "command"),
                                fact("server's JVM", "serverCommand"))));
        body.append("<div class=\"charts\" style=\"margin-top:.9rem\">\n")
                .append(overRate("receive p95 ms", "Send to receive, p95"))
                .append(overRate("ack p95 ms", "Send to acknowledgement, p95"))
                .append("</div>\n");
        String step = "";
        List<Html.Row> some = new ArrayList<>();
        for (Row row : rows) {
            if (!row.step().equals(step)) {
                flush(body, step, some);
                step = row.step();
            }
            some.add(new Html.Row(
                    "",
                    List.of(
                            Html.escape(row.measure()),
                            Html.number(row.first()),
                            Html.number(row.second()),
                            ratio(row),
                            badge(row))));
        }
        flush(body, step, some);
        return Html.page("Parley load: " + scenario(secondRun) + ", two runs", body.toString());
    }

    /** Both runs in one picture, if there are rates that both have. */
    private String overRate(String measure, String title) {
        List<Row> some = rows.stream()
                .filter(row -> row.measure().equals(measure) && row.step().matches("[\\d,]+ sends/s"))
                .toList();
        double[] rates = some.stream()
                .mapToDouble(row -> Double.parseDouble(row.step().replaceAll("\\D", "")))
                .toArray();
        return new Chart(title, "ms", "sends/s", true, rates)
                .curve("first", 1, some.stream().mapToDouble(Row::first).toArray())
                .curve("second", 4, some.stream().mapToDouble(Row::second).toArray())
                .html();
    }

    private static String scenario(JsonNode run) {
        return run.path("scenario").asText("load");
    }

    private Html.Row fact(String name, String key) {
        return new Html.Row(
                "",
                List.of(
                        name,
                        "<code>" + Html.escape(firstRun.path(key).asText()) + "</code>",
                        "<code>" + Html.escape(secondRun.path(key).asText()) + "</code>"));
    }

    private static void flush(StringBuilder body, String step, List<Html.Row> rows) {
        if (!rows.isEmpty()) {
            body.append("<h2>").append(Html.escape(step)).append("</h2>\n");
            body.append(Html.table(List.of("", "first", "second", "ratio", ""), rows));
            rows.clear();
        }
    }

    private static String badge(Row row) {
        return switch (row.mark()) {
            case BETTER -> Html.badge(true, "better");
            case WORSE -> Html.badge(false, "worse");
            case SAME -> "";
        };
    }
}

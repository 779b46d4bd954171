package io.parley.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
    private static List<ObjectNode> lines(String scenario, double p95) {
        List<ObjectNode> lines = new ArrayList<>();
        lines.add(Figures.object().put("type", "run").put("scenario", scenario).put("command", "run \"x\" & y"));
        for (int second = 1; second <= 20; second++) {
            ObjectNode line = Figures.object()
                    .put("type", "second")
                    .put("at", second)
                    .put("step", second / 10)
                    .put("deliveries", 1_000 + second);
            if (second != 7) {
                line.putObject("receiveMs")
                        .put("p50", 1)
                        .put("p95", p95)
                        .put("p99", 9)
                        .put("max", 20);
            }
            lines.add(line);
        }
        lines.add(Figures.object().put("type", "event").put("at", 5).put("what", "kill <9>"));
        ObjectNode step = Figures.object().put("type", "step").put("step", 1).put("rate", 1_000);
        step.putObject("receiveMs").put("p50", 1).put("p95", p95).put("p99", 9).put("max", 20);
        step.putObject("errors").put("send: <b>bad</b>", 2);
        step.putObject("violations");
        lines.add(step);
        ObjectNode summary = Figures.object().put("type", "summary").put("passed", false);
        summary.putArray("thresholds")
                .addObject()
                .put("threshold", "receive.p95Ms <= 2")
                .put("measure", "receive.p95Ms")
                .put("value", p95)
                .put("held", false);
        lines.add(summary);
        return lines;
    }

    @Test
    void whatComesFromOutsideIsEscaped() {
        String page = Page.of(lines("<script>alert(1)</script>", 3));

        assertThat(page)
                .doesNotContain("<script>alert", "<b>bad", "receive.p95Ms <= 2<")
                .contains(
                        "&lt;script&gt;alert(1)&lt;/script&gt;",
                        "&lt;b&gt;bad",
                        "kill &lt;9&gt;",
                        "run &quot;x&quot; &amp; y");
    }

    @Test
    void thePageNeedsNothingFromOutside() {
        String page = Page.of(lines("rooms", 3));

        assertThat(page).doesNotContain("src=", "href=", "@import", "url(", "NaN", "Infinity");
        assertThat(page).contains("<svg", "prefers-color-scheme: dark", "failed", "receive.p95Ms &lt;= 2");
    }

    @Test
    void aRunThatSawNothingHasAPageToo() {
        assertThat(Page.of(List.of(Figures.object().put("type", "run").put("scenario", "rooms"))))
                .contains("did not end");
    }

    @Test
    void groupsHaveTablesOfTheirOwn() {
        List<ObjectNode> lines = lines("large-group", 3);
        ObjectNode summary = lines.getLast();
        ObjectNode group = summary.putArray("groups").addObject().put("members", 100_000);
        group.putObject("ackMs").put("p50", 4.25);
        summary.putObject("searchAllMs").put("p50", 7.5);

        assertThat(Page.of(lines))
                .contains("<td>100,000</td>", "<td>4.25</td>", "members by a letter that all have</td><td>7.50</td>");
        assertThat(Page.of(lines("rooms", 3))).doesNotContain("members");
    }

    @Test
    void twoRunsAreComparedStepByStep() {
        Comparison comparison = new Comparison("a", lines("rooms", 4), "b", lines("rooms", 2));

        assertThat(comparison.rows())
                .filteredOn(row -> row.measure().equals("receive p95 ms"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.ratio()).isEqualTo(0.5);
                    assertThat(row.mark()).isEqualTo(Comparison.Mark.BETTER);
                });
        assertThat(comparison.rows())
                .filteredOn(row -> row.measure().equals("receive p99 ms"))
                .singleElement()
                .satisfies(row -> assertThat(row.mark()).isEqualTo(Comparison.Mark.SAME));
        assertThat(comparison.table()).contains("receive p95 ms", "0.50 better");
        assertThat(comparison.page()).contains("better").doesNotContain("<b>bad");
    }
}

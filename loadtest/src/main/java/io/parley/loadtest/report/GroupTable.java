package io.parley.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What members of a large group cost, and a message to it and to the groups beside it. */
final class GroupTable {
    private static final List<String> CALLS =
            List.of("addMembers", "memberPage", "searchAll", "searchOne", "searchNone");
    private static final List<String> WORDS = List.of(
            "a thousand members added",
            "a page of a hundred members",
            "members by a letter that all have",
            "members by what one is called",
            "members by what nobody is called");

    private final JsonNode summary;

    GroupTable(JsonNode summary) {
        this.summary = summary;
    }

    String html() {
        return summary.has("groups") ? "<h2>Groups</h2>\n" + messages() + "<h2>Members</h2>\n" + calls() : "";
    }

    private String messages() {
        List<Html.Row> rows = new ArrayList<>();
        for (JsonNode group : summary.path("groups")) {
            rows.add(new Html.Row(
                    "",
                    List.of(
                            number(group.path("members")),
                            number(group.path("connected")),
                            number(group.path("sends")),
                            number(group.path("ackMs").path("p50")),
                            number(group.path("ackMs").path("p95")),
                            number(group.path("lastMs").path("p50")),
                            number(group.path("lastMs").path("p95")),
                            number(group.path("cpuMicrosPerSend").path("server")),
                            number(group.path("cpuMicrosPerSend").path("postgres")),
                            number(group.path("ratio").path("ack")),
                            number(group.path("ratio").path("postgres")))));
        }
        return Html.table(
                List.of(
                        "members",
                        "connected",
                        "sends",
                        "ack p50",
                        "p95 ms",
                        "last receiver p50",
                        "p95 ms",
                        "server's CPU µs a send",
                        "PostgreSQL's",
                        "the first's ack to this",
                        "PostgreSQL's"),
                rows);
    }

    private String calls() {
        List<Html.Row> rows = new ArrayList<>();
        for (int i = 0; i < CALLS.size(); i++) {
            JsonNode times = summary.path(CALLS.get(i) + "Ms");
            rows.add(new Html.Row(
                    "",
                    List.of(
                            WORDS.get(i),
                            number(times.path("p50")),
                            number(times.path("p95")),
                            number(times.path("max")))));
        }
        return Html.table(List.of("", "p50", "p95", "max ms"), rows);
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? Html.number(value.asDouble()) : "–";
    }
}

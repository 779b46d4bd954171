package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.provision.AdminApi;
import io.parley.loadtest.report.Figures;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * What the owner of a group does with its members over REST: one call after the other, each timed, and the answers
 * checked. Times are those of the caller, from the request to the answer that has been read.
 */
final class MemberCalls {
    private static final int A_CALL = 1_000;
    private static final int A_PAGE = 100;

    private final AdminApi api;
    private final String path;
    private final String token;
    private final List<String> faults = new ArrayList<>();

    /** @param token of the owner */
    MemberCalls(AdminApi api, UUID group, String token) {
        this.api = api;
        this.path = "/api/v1/conversations/" + group + "/members";
        this.token = token;
    }

    /** Answers that were not what they should be. */
    List<String> faults() {
        return faults;
    }

    /** Adds people, a thousand in a call. */
    Histogram add(List<UUID> people) {
        Histogram times = Histograms.make();
        for (int from = 0; from < people.size(); from += A_CALL) {
            ObjectNode body = Figures.object();
            ArrayNode users = body.putArray("users");
            people.subList(from, Math.min(people.size(), from + A_CALL)).forEach(one -> users.add(one.toString()));
            timed(times, () -> api.post(path, token, body));
        }
        return times;
    }

    /**
     * Reads all pages, each with the cursor of the one before.
     *
     * @param members that must be there, each once
     */
    Histogram pages(int members) {
        Histogram times = Histograms.make();
        List<String> found = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            String after = cursor;
            JsonNode page = timed(times, () -> api.get(path + "?limit=" + A_PAGE + after, token));
            page.path("items").forEach(item -> found.add(item.path("user").asText()));
            cursor = page.path("next").isTextual()
                    ? "&cursor=" + encoded(page.path("next").asText())
                    : null;
        }
        long different = found.stream().distinct().count();
        if (found.size() != members || different != members) {
            faults.add("members: " + found.size() + " listed, " + different + " different, instead of " + members);
        }
        return times;
    }

    /**
     * Looks for members by the beginning of a word of their names, the first page only.
     *
     * @param fitting members that it must find, a page at most
     */
    Histogram search(String beginning, int fitting, int times) {
        Histogram histogram = Histograms.make();
        for (int i = 0; i < times; i++) {
            String query = path + "?limit=" + A_PAGE + "&q=" + encoded(beginning);
            int found =
                    timed(histogram, () -> api.get(query, token)).path("items").size();
            if (found != Math.min(fitting, A_PAGE)) {
                faults.add("members: " + found + " found by " + beginning);
            }
        }
        return histogram;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode timed(Histogram times, Supplier<JsonNode> call) {
        long began = System.nanoTime();
        JsonNode answer = call.get();
        Histograms.record(times, System.nanoTime() - began);
        return answer;
    }
}

package io.parley.loadtest.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.parley.loadtest.provision.AdminApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members are added to and listed by a server in memory, whose cursor is the place of the next one. */
class MemberCallsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> members = new ArrayList<>();
    private final List<Integer> calls = new ArrayList<>();
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final UUID group = UUID.randomUUID();
    private final MemberCalls owner;

    MemberCallsTest() throws IOException {
        server.createContext("/api/v1/conversations/" + group + "/members", this::handle);
        server.start();
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        owner = new MemberCalls(new AdminApi(HttpClient.newHttpClient(), base, "key"), group, "token");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean adding = exchange.getRequestMethod().equals("POST");
            byte[] answer = (adding ? add(JSON.readTree(exchange.getRequestBody())) : page(exchange.getRequestURI()))
                    .toString()
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private ObjectNode add(JsonNode body) {
        body.path("users").forEach(user -> members.add(user.asText()));
        calls.add(body.path("users").size());
        return JSON.createObjectNode();
    }

    private ObjectNode page(URI asked) {
        Map<String, String> query = Pattern.compile("&")
                .splitAsStream(asked.getQuery())
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        List<String> fitting = members.stream()
                .filter(one -> one.startsWith(query.getOrDefault("q", "")))
                .toList();
        int from = Integer.parseInt(query.getOrDefault("cursor", "0"));
        int to = Math.min(fitting.size(), from + Integer.parseInt(query.get("limit")));
        ObjectNode page = JSON.createObjectNode();
        ArrayNode items = page.putArray("items");
        fitting.subList(from, to).forEach(one -> items.addObject().put("user", one));
        return to < fitting.size() ? page.put("next", Integer.toString(to)) : page.putNull("next");
    }

    private static List<UUID> people(int count) {
        return IntStream.range(0, count).mapToObj(i -> UUID.randomUUID()).toList();
    }

    @Test
    void peopleAreAddedAThousandAtATimeAndListedAHundredAtATime() {
        assertThat(owner.add(people(2_345)).getTotalCount()).isEqualTo(3);
        assertThat(calls).containsExactly(1_000, 1_000, 345);

        assertThat(owner.pages(2_345).getTotalCount()).isEqualTo(24);
        assertThat(owner.search(members.get(77), 1, 5).getTotalCount()).isEqualTo(5);
        assertThat(owner.search("z", 0, 5).getTotalCount()).isEqualTo(5);
        assertThat(owner.search("", 2_345, 1).getTotalCount()).isEqualTo(1);
        assertThat(owner.faults()).isEmpty();
    }

    @Test
    void listsThatAreNotWholeAreTold() {
        owner.add(people(150));
        String lost = members.set(3, members.get(2));

        owner.pages(150);
        owner.search(lost, 1, 2);

        assertThat(owner.faults())
                .containsExactly(
                        "members: 150 listed, 149 different, instead of 150",
                        "members: 0 found by " + lost,
                        "members: 0 found by " + lost);
    }
}

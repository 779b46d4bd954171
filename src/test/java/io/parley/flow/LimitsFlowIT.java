package io.parley.flow;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.NodeConfig;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The limits of people and tenants on two nodes, by REST and by the WebSocket. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsFlowIT {
    private static final String DEFAULT = "default";
    private static final int MESSAGES = 20;
    private static final int CREATIONS = 5;
    private static final int JOINS = 3;
    private static final Map<String, Integer> CONFIGURED = Map.of(
            "messagesPerMinute",
            MESSAGES,
            "conversationsPerHour",
            CREATIONS,
            "joinsPerHour",
            JOINS,
            "requestsPerMinute",
            10,
            "tenantMessagesPerSecond",
            0);

    private final Cluster cluster = Cluster.prepare(2, LimitsFlowIT::limited);
    private final List<ClientHost> clients = new ArrayList<>();
    private final NetClient network = RawSocket.netClient(cluster.vertx());
    private final HttpClient http = HttpClient.newHttpClient();

    private static NodeConfig limited(NodeConfig config) {
        NodeConfig limited = config;
        for (Map.Entry<String, Integer> figure : CONFIGURED.entrySet()) {
            limited =
                    limited.with("limits." + figure.getKey(), figure.getValue().toString());
        }
        return limited;
    }

    @BeforeAll
    void start() {
        cluster.add(2);
        clients.add(cluster.clientsOf(0));
        clients.add(cluster.clientsOf(1));
        patiently().untilAsserted(() -> assertThat(await(operator().nodes())).hasSize(2));
    }

    @AfterEach
    void asConfigured() {
        set(DEFAULT, Map.of());
    }

    @AfterAll
    void stop() {
        network.close();
        cluster.close();
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    private OperatorApi operator() {
        return cluster.operator(clients.getFirst());
    }

    /** Returns when both nodes go by it. */
    private void set(String tenant, Map<String, Integer> figures) {
        assertThat(await(operator().setLimits(tenant, figures)).status()).isEqualTo(204);
        Map<String, Integer> expected = new HashMap<>(CONFIGURED);
        expected.putAll(figures);
        clients.forEach(node -> Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> {
                    JsonNode inForce =
                            await(cluster.operator(node).limits(tenant)).body().path("inForce");
                    expected.forEach(
                            (figure, value) -> assertThat(inForce.path(figure).asInt(-1))
                                    .as(figure)
                                    .isEqualTo(value));
                }));
    }

    private static String unique(String name) {
        return name + "." + Ids.next().toString().substring(24);
    }

    /** Somebody whom the operator has made, with a token. */
    private record Guest(UUID id, String token) {}

    private Guest guest() {
        return withToken(await(operator().people(List.of(unique("guest")))).getFirst());
    }

    private Guest withToken(UUID id) {
        return new Guest(id, await(operator().tokens(List.of(id))).getFirst());
    }

    private Guest guest(UUID tenant) throws SQLException {
        UUID id = Ids.next();
        insert(
                "INSERT INTO users (tenant_id, id, username, username_folded, display_name, words)"
                        + " VALUES (?, ?, ?, lower(?), 'Guest', '{}')",
                tenant,
                id,
                "guest",
                "guest" + id);
        return withToken(id);
    }

    private void insert(String sql, Object... values) throws SQLException {
        try (Connection database = cluster.database();
                PreparedStatement statement = database.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private UUID group(Guest... members) {
        UUID id = Ids.next();
        List<UUID> ids = List.of(members).stream().map(Guest::id).toList();
        return await(operator().groups(List.of(new OperatorApi.Group(id, "Room", ids, false))))
                .getFirst();
    }

    private Future<Rest.Reply> call(int node, Guest who, HttpMethod method, String path, String body) {
        JsonNode json = body.isEmpty() ? null : Json.parse(body.getBytes(StandardCharsets.UTF_8));
        return clients.get(node).rest().call(method, path, who.token(), json);
    }

    private Future<Rest.Reply> create(int node, Guest who) {
        String body = "{\"type\":\"group\",\"name\":\"Room\",\"members\":[],\"visibility\":\"public\"}";
        return call(node, who, HttpMethod.POST, "/conversations", body);
    }

    private Future<Rest.Reply> join(int node, Guest who, String room) {
        return call(
                node,
                who,
                HttpMethod.POST,
                "/conversations/" + room + "/members",
                "{\"users\":[\"" + who.id() + "\"]}");
    }

    private Future<Rest.Reply> send(int node, Guest who, UUID room) {
        return call(
                node,
                who,
                HttpMethod.POST,
                "/conversations/" + room + "/messages",
                "{\"type\":\"text\",\"text\":\"hi\"}");
    }

    private static List<Rest.Reply> all(List<Future<Rest.Reply>> asked) {
        return asked.stream().map(one -> await(one)).toList();
    }

    private static long count(List<Rest.Reply> replies, int status) {
        return replies.stream().filter(reply -> reply.status() == status).count();
    }

    @Test
    void ofFortyConversationsAtOnceOnTwoNodesFiveAreMade() {
        set(DEFAULT, Map.of("requestsPerMinute", 0));
        Guest ada = guest();
        List<Future<Rest.Reply>> asked = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            asked.add(create(i % 2, ada));
        }

        List<Rest.Reply> replies = all(asked);

        assertThat(count(replies, 201)).isEqualTo(CREATIONS);
        assertThat(count(replies, 429)).isEqualTo(40 - CREATIONS);
        assertThat(replies).filteredOn(reply -> reply.status() == 429).allSatisfy(reply -> {
            assertThat(reply.code()).isEqualTo("rate_limited");
            assertThat(reply.body().path("retryAfterMs").asLong()).isBetween(3_500_000L, 3_600_000L);
        });
        assertThat(clients.stream()
                        .mapToLong(node -> refused(clients.indexOf(node), "conversations"))
                        .sum())
                .isGreaterThanOrEqualTo(40 - CREATIONS);
    }

    private long refused(int node, String limit) {
        URI metrics = cluster.node(node).endpoints().management().resolve("/metrics");
        return ask(HttpRequest.newBuilder(metrics).build())
                .body()
                .lines()
                .filter(line -> line.startsWith("parley_limits_refused_total{limit=\"" + limit + "\"}"))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.indexOf(' ') + 1))))
                .sum();
    }

    private HttpResponse<String> ask(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void whatWasMadeIsRememberedWhenANodeDiesAndRedisForgets() {
        set(DEFAULT, Map.of("requestsPerMinute", 0));
        Guest ada = guest();
        for (int i = 0; i < CREATIONS; i++) {
            assertThat(await(create(1, ada)).status()).isEqualTo(201);
        }

        cluster.node(1).killForcibly();
        cluster.flushRedis();

        assertThat(await(create(0, ada)).status()).isEqualTo(429);
        cluster.node(1).start();
        patiently().until(() -> await(create(1, ada).otherwiseEmpty()) != null);
        assertThat(await(create(1, ada)).status()).isEqualTo(429);
    }

    @Test
    void whoWaitsAsLongAsToldMayMakeOneMore() throws SQLException {
        Guest ada = guest();
        for (int i = 0; i < CREATIONS; i++) {
            assertThat(await(create(0, ada)).status()).isEqualTo(201);
        }
        long wait = await(create(1, ada)).body().path("retryAfterMs").asLong();

        passFor(ada, wait);

        assertThat(await(create(1, ada)).status()).isEqualTo(201);
        assertThat(await(create(0, ada)).status()).isEqualTo(429);
    }

    /** As if the first had been done so much earlier, and what came after it ten minutes later. */
    private void passFor(Guest who, long ms) throws SQLException {
        try (Connection database = cluster.database();
                PreparedStatement statement = database.prepareStatement(
                        "UPDATE hourly_uses SET used_at = ARRAY(SELECT at - ? * interval '1 millisecond'"
                                + " + CASE WHEN ord = 1 THEN interval '0' ELSE interval '10 minutes' END"
                                + " FROM unnest(used_at) WITH ORDINALITY AS u (at, ord) ORDER BY ord) WHERE user_id = ?")) {
            statement.setLong(1, ms);
            statement.setObject(2, who.id());
            assertThat(statement.executeUpdate()).isPositive();
        }
    }

    @Test
    void aPersonJoinsSoManyRoomsWhicheverNodeHeAsks() {
        set(DEFAULT, Map.of("requestsPerMinute", 0));
        Guest ada = guest();
        List<String> rooms = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Guest owner = guest();
            for (int j = 0; j < CREATIONS; j++) {
                rooms.add(await(create(j % 2, owner)).body().path("id").asText());
            }
        }
        List<Future<Rest.Reply>> asked = new ArrayList<>();
        for (String room : rooms) {
            asked.add(join(asked.size() % 2, ada, room));
        }

        List<Rest.Reply> replies = all(asked);

        assertThat(count(replies, 200)).isEqualTo(JOINS);
        assertThat(count(replies, 429)).isEqualTo(rooms.size() - JOINS);
    }

    @Test
    void aRequestIsRefusedWithTheTimeToWaitAndThenTaken() {
        set(DEFAULT, Map.of("requestsPerMinute", 40));
        Guest ada = guest();
        URI me = cluster.node(0).endpoints().http().resolve("/api/v1/users/me");
        HttpRequest request = HttpRequest.newBuilder(me)
                .header("Authorization", "Bearer " + ada.token())
                .build();
        Supplier<HttpResponse<String>> ask = () -> ask(request);

        HttpResponse<String> refused = Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30))
                .until(ask::get, reply -> reply.statusCode() == 429);

        JsonNode problem = Json.parse(refused.body().getBytes(StandardCharsets.UTF_8));
        long wait = problem.path("retryAfterMs").asLong();
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(problem.path("code").asText()).isEqualTo("rate_limited");
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("" + Math.ceilDiv(wait, 1000));
        // Another operation is another limit.
        assertThat(await(call(0, ada, HttpMethod.GET, "/conversations", "")).status())
                .isEqualTo(200);
        await(cluster.vertx().timer(wait, TimeUnit.MILLISECONDS));
        assertThat(ask.get().statusCode()).isEqualTo(200);
        assertThat(ask.get().statusCode()).isEqualTo(429);
    }

    private RawSocket connected(int node, Guest who) {
        RawSocket socket = await(
                RawSocket.open(cluster.vertx(), network, cluster.node(node).endpoints()));
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + who.token() + "\"}"));
        patiently().until(() -> socket.find("id", "hello").isPresent());
        return socket;
    }

    private static void say(RawSocket socket, UUID room, String id) {
        ObjectNode command = JsonNodeFactory.instance.objectNode();
        command.put("type", "message.send").put("id", id).put("conversation", room.toString());
        command.putObject("message")
                .put("id", Ids.next().toString())
                .put("type", "text")
                .put("text", "hello");
        socket.sendText(command.toString());
    }

    private static JsonNode answer(RawSocket socket, String id) {
        patiently().until(() -> socket.find("id", id).isPresent());
        return socket.find("id", id).orElseThrow();
    }

    @Test
    void aMessageTooManyIsRefusedWithTheTimeToWaitAndThenTaken() {
        Guest ada = guest();
        UUID room = group(ada, guest());
        RawSocket socket = connected(0, ada);
        for (int i = 0; i < MESSAGES; i++) {
            say(socket, room, "m" + i);
        }
        say(socket, room, "too many");

        JsonNode refused = answer(socket, "too many");

        assertThat(refused.path("type").asText()).isEqualTo("error");
        assertThat(refused.at("/error/code").asText()).isEqualTo("rate_limited");
        long wait = refused.at("/error/retryAfterMs").asLong();
        assertThat(wait).isBetween(1L, 3_000L);
        // By whichever way: it is one limit.
        assertThat(await(send(0, ada, room)).status()).isEqualTo(429);
        await(cluster.vertx().timer(wait, TimeUnit.MILLISECONDS));
        say(socket, room, "again");
        assertThat(answer(socket, "again").path("type").asText()).isEqualTo("ok");
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(answer(socket, "m" + i).path("type").asText()).isEqualTo("ok");
        }
    }

    @Test
    void historyIsOneOperationByWhicheverWay() {
        Guest ada = guest();
        UUID room = group(ada, guest());
        set(DEFAULT, Map.of("requestsPerMinute", 40));
        RawSocket socket = connected(0, ada);

        for (int i = 0; i < 60; i++) {
            socket.sendText("{\"type\":\"history\",\"id\":\"page " + i + "\",\"conversation\":\"" + room + "\"}");
        }

        assertThat(answer(socket, "page 0").path("type").asText()).isEqualTo("ok");
        assertThat(answer(socket, "page 59").at("/error/code").asText()).isEqualTo("rate_limited");
        assertThat(await(call(0, ada, HttpMethod.GET, "/conversations/" + room + "/messages", ""))
                        .status())
                .isEqualTo(429);
    }

    @Test
    void whatIsToBeSentLaterCountsWhenItIsMade() {
        Guest ada = guest();
        UUID room = group(ada, guest());
        set(DEFAULT, Map.of("messagesPerMinute", 2, "requestsPerMinute", 0));
        String path = "/conversations/" + room + "/scheduled";
        String later = "{\"message\":{\"type\":\"text\",\"text\":\"later\"},\"at\":\""
                + Instant.now().plusSeconds(8) + "\"}";
        assertThat(await(call(0, ada, HttpMethod.POST, path, later)).status()).isEqualTo(201);
        assertThat(await(call(0, ada, HttpMethod.POST, path, later)).status()).isEqualTo(201);

        assertThat(await(call(0, ada, HttpMethod.POST, path, later)).status()).isEqualTo(429);
        assertThat(await(send(0, ada, room)).status()).isEqualTo(429);
        patiently()
                .until(() -> await(call(0, ada, HttpMethod.GET, "/conversations/" + room + "/messages", ""))
                                .body()
                                .path("items")
                                .size()
                        == 2);
    }

    @Test
    void anOperatorsFiguresHoldOnAllNodesWithinSeconds() {
        Guest ada = guest();
        UUID room = group(ada, guest());
        assertThat(await(operator().limits("nobody")).status()).isEqualTo(404);
        assertThat(await(operator().setLimits(DEFAULT, Map.of("messagesPerHour", 1)))
                        .status())
                .isEqualTo(400);

        set(DEFAULT, Map.of("messagesPerMinute", 0, "requestsPerMinute", 0));

        JsonNode own = await(operator().limits(DEFAULT)).body().path("own");
        assertThat(own.path("messagesPerMinute").asInt(-1)).isZero();
        assertThat(own.has("conversationsPerHour")).isFalse();
        for (int node = 0; node < clients.size(); node++) {
            List<Future<Rest.Reply>> asked = new ArrayList<>();
            for (int i = 0; i < 2 * MESSAGES; i++) {
                asked.add(send(node, ada, room));
            }
            assertThat(count(all(asked), 201)).isEqualTo(asked.size());
        }

        set(DEFAULT, Map.of("messagesPerMinute", 1, "requestsPerMinute", 0));
        for (int node = 0; node < clients.size(); node++) {
            assertThat(await(send(node, ada, room)).status()).isEqualTo(201);
            assertThat(await(send(node, ada, room)).status()).isEqualTo(429);
        }
    }

    @Test
    void oneTenantsFloodTakesNothingFromAnother() throws SQLException {
        UUID tenant = Ids.next();
        String acme = "acme-" + tenant.toString().substring(24);
        insert("INSERT INTO tenants (id, slug, name) VALUES (?, ?, 'Acme')", tenant, acme);
        Map<String, Integer> figures =
                Map.of("messagesPerMinute", 0, "requestsPerMinute", 0, "tenantMessagesPerSecond", 50);
        set(acme, figures);
        set(DEFAULT, figures);
        Guest flooder = guest(tenant);
        UUID flooded = group(flooder, guest(tenant));
        Guest ada = guest();
        UUID room = group(ada, guest());
        List<RawSocket> flood = List.of(connected(0, flooder), connected(0, flooder), connected(0, flooder));
        List<Rest.Reply> sends = new ArrayList<>();
        for (int round = 0; round < 40; round++) {
            for (RawSocket socket : flood) {
                for (int i = 0; i < 20; i++) {
                    say(socket, flooded, "f" + round + "." + i);
                }
            }
            sends.add(await(send(0, ada, room)));
        }

        assertThat(count(sends, 201)).isEqualTo(sends.size());
        patiently()
                .until(() -> flood.stream()
                        .anyMatch(socket -> socket.texts().stream().anyMatch(text -> text.contains("rate_limited"))));
        assertThat(refused(0, "tenant_messages")).isPositive();
    }
}

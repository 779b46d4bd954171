package io.parley.contract;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.accounts.tokens.SigningKeys;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.support.Ids;
import io.parley.support.testing.TestServers;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.SignedIn;
import io.parley.support.testing.node.NodeConfig;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may do what: each operation, asked for by somebody of each relation to a group and to {@code grace}, has the
 * outcome that the table says, over REST and over the WebSocket. What is asked for is done in {@link MatrixRoom}.
 */
class PermissionMatrixIT {
    /** On the session host: who may hold a session is the same question as for the socket. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "streamEvents",
            "EventStreamFlowIT",
            "pollEvents",
            "EventStreamFlowIT",
            "createEventTicket",
            "SessionsFlowIT");

    private static final Map<String, String> LETTERS = Map.ofEntries(
            Map.entry("done", "o"),
            Map.entry("not_found", "-"),
            Map.entry("forbidden", "x"),
            Map.entry("unauthenticated", "u"),
            Map.entry("account_suspended", "s"),
            Map.entry("conflict", "c"),
            Map.entry("last_owner", "1"),
            Map.entry("archived", "a"),
            Map.entry("invalid_credentials", "i"),
            Map.entry("rate_limited", "r"),
            Map.entry("validation_failed", "v"));

    private static final String PASSWORD = "correct horse battery";

    private static TestServers servers;
    private static Vertx vertx;
    private static Path directory;
    private static TestNode node;
    private static ClientHost clients;
    private static OperatorApi operator;
    private static Person foreigner;
    private static Person suspended;
    private static MatrixRoom room;

    @BeforeAll
    static void begin() throws IOException, SQLException {
        servers = TestServers.start();
        vertx = Vertx.vertx();
        directory = Files.createTempDirectory("parley-matrix-");
        SigningKeys.loadOrMake(directory.resolve("keys"), "");
        String key = Ids.next().toString();
        node = node(servers.postgres(), key);
        clients = new ClientHost(vertx, node.endpoints());
        operator = new OperatorApi(clients.rest(), key);
        foreigner = foreigner();
        suspended = suspended();
    }

    private static Person suspended() {
        Cast cast = new Cast(clients, operator);
        Person person = cast.person("suspended");
        cast.group(cast.person("owner"), person);
        await(person.tokens().current());
        await(operator.setStatus(person.id(), "suspended"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> await(person.tokens()
                                        .current()
                                        .compose(
                                                token -> clients.rest().call(HttpMethod.GET, "/users/me", token, null)))
                                .status()
                        == 401);
        return person;
    }

    private static TestNode node(PostgresEndpoint postgres, String key) {
        return TestNode.start(NodeConfig.on(directory.resolve("node"))
                .with("postgres.host", postgres.host())
                .with("postgres.port", Integer.toString(postgres.port()))
                .with("postgres.database", postgres.database())
                .with("postgres.user", postgres.user())
                .with("postgres.password", postgres.password())
                .with("postgres.sslMode", "disable")
                .with("redis.host", servers.redis().host())
                .with("redis.port", Integer.toString(servers.redis().port()))
                .with("redis.password", servers.redis().password())
                .with("auth.keys", directory.resolve("keys").toString())
                .with("auth.operatorKey", key)
                .with("auth.loginFailuresPerAccount", "100"));
    }

    /** Somebody of another tenant. */
    private static Person foreigner() throws SQLException {
        String url = servers.url(servers.postgres().database()) + "&currentSchema=parley";
        try (Connection connection = DriverManager.getConnection(url)) {
            connection
                    .createStatement()
                    .execute(
                            "INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), 'elsewhere', 'Elsewhere')");
        }
        return Person.of(await(SignedIn.register(clients.rest(), "foreigner", PASSWORD, "elsewhere")));
    }

    @AfterAll
    static void end() {
        if (room != null) {
            room.close();
        }
        clients.close();
        vertx.close().await();
        node.close();
        servers.close();
        RunningNode.delete(directory);
    }

    private static List<String> table() throws IOException {
        try (var file = PermissionMatrixIT.class.getResourceAsStream("permissions.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    static Stream<String> rows() throws IOException {
        return table().stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everybodyMayDoWhatHeMayAndNothingElse(String row) {
        List<String> words = Arrays.asList(row.trim().split("\\s+"));
        List<String> name = List.of(words.getFirst().split("\\.", 2));
        int end = 1 + MatrixRoom.RELATIONS.size();
        Question question = new Question(
                ContractOperation.all().get(name.getFirst()),
                name.size() > 1 ? name.get(1) : "",
                words.subList(end, words.size()).contains("together"));
        List<String> expected = words.subList(1, end);
        assertThat(words.subList(end, words.size())).isSubsetOf("together");

        assertThat(outcomes(question, false))
                .as("%s over REST", words.getFirst())
                .isEqualTo(expected);
        if (question.operation.command() != null) {
            // Who is suspended has no session to ask in.
            assertThat(outcomes(question, true))
                    .as("%s over the WebSocket", question.operation.command())
                    .isEqualTo(expected.subList(0, expected.size() - 1));
        }
    }

    /** @param together whether what one of them does is nothing to the others */
    private record Question(ContractOperation operation, String variant, boolean together) {}

    private static List<String> outcomes(Question question, boolean socket) {
        List<String> outcomes = new ArrayList<>();
        boolean spoilt = false;
        for (String relation : MatrixRoom.RELATIONS) {
            if (socket && relation.equals("suspended")) {
                continue;
            }
            if (room == null || spoilt && !question.together) {
                leaveRoom();
                room = new MatrixRoom(clients, operator, foreigner, suspended);
                spoilt = false;
            }
            // Where somebody is may be told every two seconds at most, whoever tells it.
            spoilt |= room.prepare(question.variant) || question.operation.id().equals("moveLocation");
            String word = word(question, relation, socket);
            spoilt |= question.operation.changes() && word.equals("done");
            outcomes.add(LETTERS.getOrDefault(word, word));
        }
        if (spoilt) {
            leaveRoom();
        }
        return outcomes;
    }

    private static String word(Question question, String relation, boolean socket) {
        ContractOperation operation = question.operation;
        String word = await(
                socket
                        ? room.overSocket(operation, question.variant, relation)
                        : room.overRest(operation, question.variant, relation));
        if (!operation.id().equals("endSessions")) {
            return word;
        }
        if (relation.equals("foreigner")) {
            foreigner = Person.of(await(SignedIn.login(clients.rest(), "foreigner", PASSWORD, "elsewhere")));
        }
        // Who ends his own log-in may lose the answer with it.
        return word.equals("disconnected") ? "done" : word;
    }

    private static void leaveRoom() {
        if (room != null) {
            room.close();
            room = null;
        }
    }

    @Test
    void noOperationIsLeftOut() throws IOException {
        Set<String> named = new TreeSet<>(ELSEWHERE.keySet());
        table().forEach(row -> named.add(row.trim().split("[.\\s]", 2)[0]));

        assertThat(named).isEqualTo(ContractOperation.all().keySet());
    }
}

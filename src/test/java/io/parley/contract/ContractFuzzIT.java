package io.parley.contract;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.ContractSchemas;
import io.parley.contract.ContractOperation.Caller;
import io.parley.contract.ContractOperation.Parameter;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.client.Rest;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is sent to an operation or a command, the answer is one of those that the contract names: never a fault,
 * never silence, nothing of how the server is built. Run one again with {@code -Dseed=…}.
 */
@ExtendWith(RunningNode.class)
class ContractFuzzIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int TIMES = 25;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Answered by the session host, or not at once. */
    private static final Set<String> ELSEWHERE = Set.of("streamEvents", "pollEvents", "createEventTicket");

    /** That a client gets to see how it is built. */
    private static final Pattern LEAK = Pattern.compile(
            "Exception|io\\.parley|io\\.vertx|java\\.|postgres|SQLSTATE|SELECT |relation \\\"|\\bat [a-z.]+\\(",
            Pattern.CASE_INSENSITIVE);

    private static final ContractSchemas OPENAPI = ContractSchemas.openApi();
    private static final ContractSchemas ASYNCAPI = ContractSchemas.asyncApi();

    private final RunningNode.Site site;
    private final Cast cast;
    private final Random random = new Random(SEED);
    private final List<UUID> ids = new ArrayList<>();
    private final Person person;

    ContractFuzzIT(RunningNode.Site site) {
        this.site = site;
        this.cast = new Cast(site.clients(), site.operator());
        List<Person> people = cast.people(List.of("fuzzy", "other"));
        this.person = people.getFirst();
        UUID group = cast.group(person, people.getLast());
        UUID message = Ids.next();
        await(cast.api(people.getLast()).send(group, message, "Hello"));
        ids.addAll(List.of(group, message, people.getLast().id(), person.id()));
    }

    @AfterEach
    void hangUp() {
        cast.close();
        assertThat(site.node().isAlive()).isTrue();
    }

    static Stream<ContractOperation> operations() {
        return ContractOperation.all().values().stream().filter(operation -> !ELSEWHERE.contains(operation.id()));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void anOperationAnswersAsItsContractSays(ContractOperation operation) {
        // What operators do is done to nobody who is there: it would be to those that ask.
        AnyJson any = new AnyJson(
                OPENAPI.document(), random, operation.caller() == Caller.OPERATOR ? List.of(Ids.next()) : ids);
        JsonNode described = OPENAPI.document()
                .path("paths")
                .path(operation.path())
                .path(operation.method().name().toLowerCase(Locale.ROOT));
        for (int i = 0; i < TIMES; i++) {
            boolean honest = i % 3 == 0;
            Map<String, JsonNode> values = values(operation, any, honest);
            JsonNode body = operation.body().isMissingNode() ? null : any.of(operation.body(), honest);
            String asked = operation.method() + " " + operation.uri(values) + " " + body + " (-Dseed=" + SEED + ")";
            Rest.Reply reply = await(call(operation, operation.uri(values), body));
            check(asked, described, operation, reply);
        }
    }

    private Future<Rest.Reply> call(ContractOperation operation, String uri, JsonNode body) {
        return switch (operation.caller()) {
            case PERSON -> cast.api(person).call(operation.method(), uri, body);
            case OPERATOR ->
                site.clients().rest().call(operation.method(), uri, site.node().operatorKey(), body);
            case ANYBODY -> site.clients().rest().call(operation.method(), uri, null, body);
        };
    }

    private Map<String, JsonNode> values(ContractOperation operation, AnyJson any, boolean honest) {
        Map<String, JsonNode> values = new HashMap<>();
        for (Parameter parameter : operation.parameters()) {
            boolean path = parameter.in().equals("path");
            if (path || parameter.required() && (honest || random.nextInt(10) > 0) || random.nextInt(3) == 0) {
                JsonNode value = any.of(parameter.schema(), honest);
                // A path without one of its parts is another path.
                values.put(
                        parameter.name(),
                        path && value.asText().isEmpty() ? JsonNodeFactory.instance.textNode("x") : value);
            }
        }
        return values;
    }

    private static void check(String asked, JsonNode described, ContractOperation operation, Rest.Reply reply) {
        assertThat(reply.status()).as("%s: %s", asked, reply.text()).isLessThan(500);
        if (reply.status() >= 400) {
            assertThat(LEAK.matcher(withoutEchoes(reply.body())).find())
                    .as("%s: %s", asked, reply.text())
                    .isFalse();
            assertThat(reply.contentType()).as(asked).startsWith("application/problem+json");
            assertThat(words(described.path("x-error-codes")))
                    .as("%s: %s", asked, reply.text())
                    .contains(reply.code());
            return;
        }
        assertThat(described.path("responses").has(Integer.toString(reply.status())))
                .as(asked)
                .isTrue();
        String answer = "/paths/" + escaped(operation.path()) + "/"
                + operation.method().name().toLowerCase(Locale.ROOT) + "/responses/" + reply.status()
                + "/content/application~1json/schema";
        if (!OPENAPI.document().at(answer).isMissingNode()) {
            assertThat(OPENAPI.errors(answer, reply.body()))
                    .as("%s: %s", asked, reply.text())
                    .isEmpty();
        }
    }

    private static String escaped(String path) {
        return path.replace("~", "~0").replace("/", "~1");
    }

    /** Texts of ours: names of fields come from whoever asked. */
    private static String withoutEchoes(JsonNode problem) {
        return problem.path("title").asText() + " " + problem.path("type").asText();
    }

    private static Set<String> words(JsonNode list) {
        Set<String> words = new HashSet<>();
        list.forEach(word -> words.add(word.asText()));
        return words;
    }

    /** All that the document of the socket describes, whatever it is in REST. */
    static Stream<String> commands() {
        return ASYNCAPI.document().at("/components/messages").properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> name.startsWith("command."))
                .map(name -> name.substring("command.".length()))
                .filter(type -> !type.equals("hello"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandIsAnsweredAsItsContractSays(String type) {
        AnyJson any = new AnyJson(ASYNCAPI.document(), random, ids);
        JsonNode schema = ASYNCAPI.document().at("/components/messages/command." + type + "/payload");
        NetClient network = RawSocket.netClient(site.vertx());
        try {
            RawSocket socket = null;
            for (int i = 0; i < TIMES; i++) {
                JsonNode made = any.of(schema, i % 3 == 0);
                ObjectNode frame = made instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
                String id = "fuzz-" + i;
                frame.put("type", type).put("id", id);
                if (socket == null || socket.isClosed() || socket.isToldToClose()) {
                    socket = signedIn(network);
                }
                check(type, socket, id, frame);
            }
            if (socket != null) {
                await(socket.cut());
            }
        } finally {
            await(network.close());
        }
    }

    private static void check(String type, RawSocket socket, String id, ObjectNode frame) {
        String asked = frame + " (-Dseed=" + SEED + ")";
        int before = socket.frames("error").size();
        await(socket.sendText(Json.encode(frame).toString()));
        Awaitility.await(asked)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> socket.find("id", id).isPresent()
                        || socket.frames("error").size() > before
                        || socket.isToldToClose()
                        || socket.isClosed());
        JsonNode reply = socket.find("id", id).orElse(null);
        if (reply == null) {
            // What is not even JSON has no id to answer to; and only who ends his log-in himself is hung up on.
            assertThat(type.startsWith("session.end")
                            || type.equals("renew")
                            || socket.frames("error").size() > before
                                    && socket.frames("error")
                                            .getLast()
                                            .at("/error/code")
                                            .asText()
                                            .equals("malformed"))
                    .as(asked)
                    .isTrue();
            return;
        }
        if (reply.path("type").asText().equals("error")) {
            JsonNode codes = ASYNCAPI.document().at("/components/x-commands/" + type + "/x-error-codes");
            if (!codes.isMissingNode()) {
                assertThat(words(codes))
                        .as("%s: %s", asked, reply)
                        .contains(reply.at("/error/code").asText());
            }
            assertThat(reply.at("/error/code").asText())
                    .as("%s: %s", asked, reply)
                    .isNotEqualTo("internal");
            assertThat(LEAK.matcher(withoutEchoes(reply.path("error"))).find())
                    .as("%s: %s", asked, reply)
                    .isFalse();
        }
    }

    /** A token that was made in the second in which all were ended is ended, too: the next one is not. */
    private RawSocket signedIn(NetClient network) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> attempt(network), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<RawSocket> attempt(NetClient network) {
        RawSocket socket =
                await(RawSocket.open(site.vertx(), network, site.node().endpoints()));
        String token = await(person.tokens().renew());
        await(socket.sendText("{\"type\":\"hello\",\"id\":\"hello\",\"token\":\"" + token + "\"}"));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> socket.find("id", "hello").isPresent() || socket.isToldToClose() || socket.isClosed());
        return socket.find("type", "ready").isPresent() ? Optional.of(socket) : Optional.empty();
    }

    @Test
    void nothingOfAllThatHasGoneWrongInTheServer() {
        assertThat(site.node().outputLines()).noneMatch(line -> line.contains(" ERROR "));
    }
}

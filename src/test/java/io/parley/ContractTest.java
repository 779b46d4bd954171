package io.parley;

import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.server.contract.ContractDocument;
import io.parley.support.ErrorCode;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The two contract documents are sound in themselves, agree with each other, and with the code. */
class ContractTest {
    private static final ContractSchemas OPENAPI = ContractSchemas.openApi();
    private static final ContractSchemas ASYNCAPI = ContractSchemas.asyncApi();

    static Stream<ContractSchemas> documents() {
        return Stream.of(OPENAPI, ASYNCAPI);
    }

    /** Vert.x reads the document in its own way and checks it against the schema of OpenAPI itself. */
    @Test
    void anotherReaderUnderstandsTheRestContractToo() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            OpenAPIContract contract = ContractDocument.read(vertx, ContractDocument.OPENAPI)
                    .compose(document -> OpenAPIContract.from(
                            vertx,
                            withoutForeignMediaTypes(
                                    new JsonObject(document.json().toString()))))
                    .await(30, SECONDS);
            Set<String> loaded = RouterBuilder.create(vertx, contract).getRoutes().stream()
                    .map(OpenAPIRoute::getOperation)
                    .map(operation -> operation.getOperationId())
                    .collect(toSet());
            Set<String> described = new HashSet<>();
            eachRestOperation((name, operation) ->
                    described.add(operation.path("operationId").asText()));
            assertThat(loaded).isEqualTo(described).contains("register", "sendMessage", "listChanges");
        } finally {
            vertx.close().await(10, SECONDS);
        }
    }

    /** That reader refuses {@code application/problem+json} and {@code text/event-stream} in answers. */
    private static JsonObject withoutForeignMediaTypes(JsonObject contract) {
        for (String name : contract.fieldNames()) {
            if (contract.getValue(name) instanceof JsonObject inner) {
                if (name.equals("content")) {
                    inner.getMap().keySet().removeIf(mediaType -> !MediaType.isMediaTypeSupported(mediaType));
                }
                withoutForeignMediaTypes(inner);
            }
        }
        return contract;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyReferenceLeadsSomewhere(ContractSchemas document) {
        document.eachObject((pointer, object) -> {
            if (object.has("$ref")) {
                String reference = object.get("$ref").asText();
                assertThat(reference).as(pointer).startsWith("#/");
                assertThat(document.at(reference.substring(1)).isMissingNode())
                        .as(pointer + " -> " + reference)
                        .isFalse();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyExampleFitsItsSchema(ContractSchemas document) {
        List<String> errors = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        eachExample(document, (schema, example) -> {
            seen.add(schema);
            document.errors(schema, example).forEach(error -> errors.add(schema + ": " + error));
        });
        assertThat(errors).isEmpty();
        assertThat(seen).hasSizeGreaterThan(50);
    }

    @Test
    void schemasOfTheSameNameAreTheSameInBothDocuments() {
        JsonNode rest = OPENAPI.at("/components/schemas");
        JsonNode socket = ASYNCAPI.at("/components/schemas");
        Set<String> shared = names(rest);
        shared.retainAll(names(socket));
        assertThat(shared).contains("Message", "Member", "ConversationSettings", "Changes", "ErrorCode", "ErrorBody");
        for (String name : shared) {
            assertThat(socket.get(name)).as(name).isEqualTo(rest.get(name));
        }
    }

    @Test
    void theErrorCodesAreThoseOfTheCode() {
        JsonNode errorCode = OPENAPI.at("/components/schemas/ErrorCode");
        Map<String, Integer> inCode =
                Arrays.stream(ErrorCode.values()).collect(toMap(ErrorCode::word, ErrorCode::httpStatus));
        assertThat(words(errorCode.path("enum"))).isEqualTo(inCode.keySet());
        inCode.forEach((word, status) -> {
            assertThat(errorCode.at("/x-http-status/" + word).asInt()).as(word).isEqualTo(status);
            assertThat(errorCode.path("description").asText()).contains("`" + word + "` (" + status);
        });
    }

    @Test
    void everyRestOperationIsDescribedInFull() {
        eachRestOperation((name, operation) -> {
            for (String field : List.of("operationId", "tags", "summary", "description", "security", "responses")) {
                assertThat(operation.has(field)).as(name + " has " + field).isTrue();
            }
            JsonNode body = operation.at("/requestBody/content/application~1json/schema");
            if (!body.isMissingNode()) {
                JsonNode schema = OPENAPI.at(body.path("$ref").asText().substring(1));
                assertThat(schema.path("additionalProperties").asBoolean(true))
                        .as(name + " takes unknown fields")
                        .isFalse();
            }
        });
    }

    @Test
    void everyRestOperationListsTheErrorsThatItsAnswersStandFor() {
        eachRestOperation((name, operation) -> {
            Set<String> ofCodes = words(operation.path("x-error-codes")).stream()
                    .map(code -> OPENAPI.at("/components/schemas/ErrorCode/x-http-status/" + code)
                            .asText("unknown"))
                    .collect(toSet());
            Set<String> ofAnswers = names(operation.path("responses"));
            ofAnswers.removeIf(status -> status.startsWith("2"));
            assertThat(ofCodes).as(name).isEqualTo(ofAnswers);
        });
    }

    @Test
    void everySocketCommandIsStrictAndListsItsErrors() {
        Set<String> known = words(ASYNCAPI.at("/components/schemas/ErrorCode/enum"));
        Set<String> commands = new TreeSet<>();
        ASYNCAPI.at("/operations").properties().forEach(entry -> {
            JsonNode operation = entry.getValue();
            if (operation.path("action").asText().equals("receive")) {
                commands.add("command." + entry.getKey());
                assertThat(known).containsAll(words(operation.path("x-error-codes")));
                assertThat(operation.path("x-error-codes")).isNotEmpty();
                JsonNode command = ASYNCAPI.at("/components/messages/command." + entry.getKey() + "/payload");
                assertThat(command.path("additionalProperties").asBoolean(true))
                        .as(entry.getKey())
                        .isFalse();
            }
        });
        assertThat(commands).isEqualTo(socketMessages("command."));
    }

    @Test
    void everySocketMessageIsOnTheChannelAndUsedByAnOperation() {
        Set<String> used = new TreeSet<>();
        ASYNCAPI.eachObject((pointer, object) -> {
            String reference = object.path("$ref").asText();
            if (pointer.startsWith("/operations/") && reference.startsWith("#/channels/socket/messages/")) {
                used.add(reference.substring(reference.lastIndexOf('/') + 1));
            }
        });
        assertThat(used)
                .isEqualTo(socketMessages(""))
                .isEqualTo(new TreeSet<>(names(ASYNCAPI.at("/channels/socket/messages"))));
        ASYNCAPI.at("/components/messages")
                .properties()
                .forEach(entry -> assertThat(entry.getValue()
                                .at("/payload/properties/type/const")
                                .asText())
                        .as(entry.getKey())
                        .isEqualTo(entry.getValue().path("name").asText()));
    }

    private static Set<String> socketMessages(String prefix) {
        Set<String> names = new TreeSet<>(names(ASYNCAPI.at("/components/messages")));
        names.removeIf(name -> !name.startsWith(prefix));
        return names;
    }

    private static void eachRestOperation(BiConsumer<String, JsonNode> visitor) {
        OPENAPI.at("/paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(entry -> !entry.getKey().equals("parameters"))
                        .forEach(entry -> visitor.accept(entry.getKey() + " " + path.getKey(), entry.getValue())));
    }

    /** Examples beside a schema or payload, and those inside schemas; with the pointer of what they must fit. */
    private static void eachExample(ContractSchemas document, BiConsumer<String, JsonNode> visitor) {
        document.eachObject((pointer, object) -> {
            JsonNode examples = object.path("examples");
            if (object.has("payload")) {
                examples.forEach(example -> visitor.accept(pointer + "/payload", example.path("payload")));
            } else if (object.has("schema")) {
                examples.forEach(example -> visitor.accept(pointer + "/schema", example.path("value")));
                if (object.has("example")) {
                    visitor.accept(pointer + "/schema", object.get("example"));
                }
            } else if (isSchema(object)) {
                examples.forEach(example -> visitor.accept(pointer, example));
            }
        });
    }

    private static boolean isSchema(ObjectNode object) {
        return object.has("type") || object.has("allOf");
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> words(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .collect(toSet());
    }
}

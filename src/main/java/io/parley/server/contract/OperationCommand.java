package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A REST operation that may also be asked for over the WebSocket, because it says so by {@code x-command}. The command
 * has a field for each parameter ({@code conversationId} is {@code conversation} there) and {@code body} for the body;
 * the result of its {@code ok} is the body of the answer.
 */
final class OperationCommand {
    /** What does not go wrong on a socket: a frame that is no JSON is none of its commands. */
    private static final Set<String> OF_HTTP_ONLY = Set.of("malformed", "unsupported_media_type");

    private final ObjectNode openApi;
    private final String type;
    private final JsonNode operation;
    private final String request;
    private final List<JsonNode> parameters;

    private OperationCommand(ObjectNode openApi, String request, JsonNode item, JsonNode operation) {
        this.openApi = openApi;
        this.type = operation.path("x-command").asText();
        this.operation = operation;
        this.request = request;
        this.parameters = new ArrayList<>();
        item.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        operation.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
    }

    /** All of a whole document. */
    static List<OperationCommand> of(ObjectNode openApi) {
        List<OperationCommand> commands = new ArrayList<>();
        openApi.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(entry -> entry.getValue().has("x-command"))
                        .forEach(entry -> commands.add(new OperationCommand(
                                openApi,
                                entry.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                                path.getValue(),
                                entry.getValue()))));
        return commands;
    }

    /** The field of the command that is a parameter of the operation. */
    static String field(String parameter) {
        return parameter.endsWith("Id") ? parameter.substring(0, parameter.length() - 2) : parameter;
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : openApi.at(reference.substring(1));
    }

    void describe(ObjectNode commands, ObjectNode messages) {
        ObjectNode command = commands.putObject(type);
        command.set("title", operation.get("summary"));
        command.put(
                "description",
                "As `" + request + "`.\n\n" + operation.path("description").asText());
        command.set(
                "x-error-codes",
                Parts.words(
                        command,
                        Parts.words(operation.path("x-error-codes")).stream()
                                .filter(code -> !OF_HTTP_ONLY.contains(code))
                                .toList()));
        messages.set("command." + type, asked(messages));
        JsonNode answer = answer();
        if (answer != null) {
            messages.set("reply." + type, replied(messages, answer));
        }
    }

    private ObjectNode asked(ObjectNode maker) {
        ObjectNode message = message(maker, type, type);
        ObjectNode payload = payload(message, type);
        payload.put("additionalProperties", false);
        ArrayNode required = payload.withArray("/required");
        ObjectNode properties = payload.withObject("/properties");
        ObjectNode example = example(message, type);
        for (JsonNode parameter : parameters) {
            String field = field(parameter.path("name").asText());
            ObjectNode schema = parameter.path("schema").deepCopy();
            schema.set("description", parameter.path("description"));
            properties.set(field, schema);
            if (parameter.path("required").asBoolean()) {
                required.add(field);
                example.set(field, resolved(schema).at("/examples/0"));
            }
        }
        JsonNode body = operation.path("requestBody");
        if (!body.isMissingNode()) {
            JsonNode content = body.at("/content/application~1json");
            properties.set("body", content.get("schema"));
            if (body.path("required").asBoolean()) {
                required.add("body");
            }
            content.path("examples").properties().stream()
                    .findFirst()
                    .ifPresent(first -> example.set("body", first.getValue().get("value")));
        }
        if (required.toString().contains("\"body\"") && !example.has("body")) {
            message.putArray("examples");
        }
        return message;
    }

    private ObjectNode replied(ObjectNode maker, JsonNode answer) {
        ObjectNode message = message(maker, "ok", "ok (" + type + ")");
        ObjectNode payload = payload(message, "ok");
        payload.withArray("/required").add("result");
        payload.withObject("/properties").set("result", answer.get("schema"));
        answer.path("examples").properties().stream()
                .findFirst()
                .ifPresent(first ->
                        example(message, "ok").set("result", first.getValue().get("value")));
        return message;
    }

    private ObjectNode message(ObjectNode maker, String name, String title) {
        ObjectNode message = maker.objectNode();
        message.put("name", name).put("title", title);
        message.set("summary", operation.get("summary"));
        message.putObject("payload");
        message.putArray("examples");
        return message;
    }

    private static ObjectNode payload(ObjectNode message, String type) {
        ObjectNode payload = message.withObject("/payload").put("type", "object");
        payload.putArray("required").add("type").add("id");
        ObjectNode properties = payload.putObject("properties");
        properties.putObject("type").put("const", type);
        properties.set("id", Parts.reference(payload, "#/components/schemas/CommandId"));
        return payload;
    }

    private static ObjectNode example(ObjectNode message, String type) {
        return message.withArray("/examples")
                .addObject()
                .put("name", "one")
                .putObject("payload")
                .put("type", type)
                .put("id", "21");
    }

    /** What is answered when all is well, if anything is. */
    private @Nullable JsonNode answer() {
        return operation.path("responses").properties().stream()
                .filter(entry -> entry.getKey().startsWith("2"))
                .map(entry -> entry.getValue().at("/content/application~1json"))
                .filter(content -> !content.isMissingNode())
                .findFirst()
                .orElse(null);
    }
}

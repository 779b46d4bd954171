package io.parley.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.ContractSchemas;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An operation as the OpenAPI document describes it, and how it is asked for in both ways.
 *
 * @param caller who may ask at all
 * @param command the WebSocket's word for it; null: over REST only
 * @param body the schema of the body; missing if it takes none
 */
record ContractOperation(
        String id,
        HttpMethod method,
        String path,
        Caller caller,
        List<Parameter> parameters,
        @Nullable String command,
        JsonNode body) {
    /** Commands that have a shape of their own, because they are older than REST's or are sent often. */
    private static final Map<String, String> SHORT_COMMANDS = Map.of(
            "sendMessage", "message.send",
            "listMessages", "history",
            "listChanges", "changes",
            "markRead", "read",
            "markDelivered", "delivered",
            "listReceipts", "receipts",
            "setTyping", "typing",
            "setOwnPresence", "presence.set");

    enum Caller {
        ANYBODY,
        PERSON,
        OPERATOR
    }

    /** @param in {@code path} or {@code query} */
    record Parameter(String name, String in, boolean required, JsonNode schema) {
        /** What a command calls it. */
        String field() {
            return name.endsWith("Id") ? name.substring(0, name.length() - 2) : name;
        }
    }

    /** All that there are, by id. */
    static Map<String, ContractOperation> all() {
        Map<String, ContractOperation> all = new TreeMap<>();
        JsonNode document = ContractSchemas.openApi().document();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(entry -> {
                    if (entry.getValue().has("operationId")) {
                        var one = read(document, path.getKey(), entry.getKey(), path.getValue(), entry.getValue());
                        all.put(one.id(), one);
                    }
                }));
        return all;
    }

    private static ContractOperation read(
            JsonNode document, String path, String method, JsonNode item, JsonNode operation) {
        List<Parameter> parameters = new ArrayList<>();
        for (JsonNode list : List.of(item.path("parameters"), operation.path("parameters"))) {
            list.forEach(one -> {
                JsonNode parameter = resolved(document, one);
                parameters.add(new Parameter(
                        parameter.path("name").asText(),
                        parameter.path("in").asText(),
                        parameter.path("required").asBoolean(),
                        parameter.path("schema")));
            });
        }
        String id = operation.path("operationId").asText();
        String command = operation.path("x-command").asText(SHORT_COMMANDS.get(id));
        return new ContractOperation(
                id,
                HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)),
                path,
                caller(operation.get("security")),
                parameters,
                command,
                operation.at("/requestBody/content/application~1json/schema"));
    }

    private static Caller caller(@Nullable JsonNode security) {
        if (security == null) {
            return Caller.PERSON;
        }
        return security.isEmpty() ? Caller.ANYBODY : Caller.OPERATOR;
    }

    static JsonNode resolved(JsonNode document, JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : document.at(reference.substring(1));
    }

    boolean changes() {
        return !method.equals(HttpMethod.GET);
    }

    /** Path and query; parameters without a value are left out, so a path needs all of its own. */
    String uri(Map<String, ? extends JsonNode> values) {
        String uri = path;
        StringBuilder query = new StringBuilder();
        for (Parameter parameter : parameters) {
            JsonNode value = values.get(parameter.name());
            if (value == null) {
                continue;
            }
            String encoded =
                    URLEncoder.encode(value.asText(), StandardCharsets.UTF_8).replace("+", "%20");
            if (parameter.in().equals("path")) {
                uri = uri.replace("{" + parameter.name() + "}", encoded);
            } else {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(parameter.name())
                        .append('=')
                        .append(encoded);
            }
        }
        return uri + query;
    }

    /** The fields of the command beside {@code type} and {@code id}. */
    ObjectNode fields(Map<String, ? extends JsonNode> values, @Nullable JsonNode content) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (Parameter parameter : parameters) {
            JsonNode value = values.get(parameter.name());
            if (value != null) {
                fields.set(parameter.field(), value);
            }
        }
        if (content != null && id.equals("sendMessage")) {
            fields.set("message", content);
        } else if (content instanceof ObjectNode object && SHORT_COMMANDS.containsKey(id)) {
            fields.setAll(object);
        } else if (content != null) {
            fields.set("body", content);
        }
        return fields;
    }
}

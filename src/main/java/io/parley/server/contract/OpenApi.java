package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Puts the OpenAPI document together. An operation names only the errors that are its own: those that follow from its
 * having a caller, parameters or a body are added here, and for each its answer.
 */
final class OpenApi {
    private static final Map<Integer, String> RESPONSES = Map.of(
            400, "BadRequest",
            401, "Unauthenticated",
            403, "Forbidden",
            404, "NotFound",
            409, "Conflict",
            413, "TooLarge",
            415, "UnsupportedMediaType",
            429, "RateLimited",
            500, "Internal",
            503, "Unavailable");

    private static final List<String> ANY = List.of("rate_limited", "internal", "unavailable");

    private OpenApi() {}

    static ObjectNode assemble(ObjectNode head, List<ObjectNode> parts) {
        ObjectNode document = head.deepCopy();
        document.set("paths", Parts.merged(parts, "paths"));
        Parts.addUsedSchemas(document, parts);
        JsonNode statuses = document.at("/components/schemas/ErrorCode/x-http-status");
        JsonNode sessionServer = document.remove("x-session-server");
        eachOperation(document, (item, operation) -> {
            complete(item, operation, statuses);
            if (operation.path("x-host").asText().equals("session")) {
                operation.putArray("servers").add(sessionServer);
            }
        });
        return document;
    }

    static void eachOperation(JsonNode document, BiConsumer<JsonNode, ObjectNode> visitor) {
        document.path("paths")
                .forEach(item -> item.properties().stream()
                        .filter(entry -> Contract.METHODS.contains(entry.getKey()))
                        .forEach(entry -> visitor.accept(item, (ObjectNode) entry.getValue())));
    }

    private static void complete(JsonNode item, ObjectNode operation, JsonNode statuses) {
        if (!operation.has("security")) {
            operation.putArray("security").addObject().putArray("bearerAuth");
        }
        ArrayNode codes = Parts.words(operation, codes(item, operation));
        operation.set("x-error-codes", codes);
        ObjectNode responses = operation.withObject("/responses");
        Parts.words(codes).stream()
                .map(code -> status(statuses, code))
                .sorted()
                .distinct()
                .forEach(status -> responses.set(
                        String.valueOf(status),
                        Parts.reference(operation, "#/components/responses/" + RESPONSES.get(status))));
    }

    private static int status(JsonNode statuses, String code) {
        int status = statuses.path(code).asInt();
        if (!RESPONSES.containsKey(status)) {
            throw new IllegalStateException("no answer is described for the error " + code);
        }
        return status;
    }

    private static List<String> codes(JsonNode item, ObjectNode operation) {
        List<String> codes = new ArrayList<>();
        boolean body = operation.has("requestBody");
        if (body
                || !item.path("parameters").isEmpty()
                || !operation.path("parameters").isEmpty()) {
            codes.add("validation_failed");
        }
        if (body) {
            codes.addAll(List.of("malformed", "too_large", "unsupported_media_type"));
        }
        if (!operation.path("security").isEmpty()) {
            codes.add("unauthenticated");
        }
        codes.addAll(Parts.words(operation.path("x-error-codes")));
        codes.addAll(ANY);
        return codes;
    }
}

package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the AsyncAPI document together: the parts' commands, what {@link OperationCommand} makes of REST operations, and
 * the events, each of which says in {@code x-told-by} where it belongs.
 */
final class AsyncApi {
    private static final String CHANNEL_MESSAGES = "#/channels/socket/messages/";
    private static final List<String> ANY = List.of("rate_limited", "internal", "unavailable");

    private AsyncApi() {}

    static ObjectNode assemble(ObjectNode head, ObjectNode openApi, List<ObjectNode> parts) {
        ObjectNode document = head.deepCopy();
        ObjectNode messages = Parts.merged(parts, "messages");
        ObjectNode commands = Parts.merged(parts, "commands");
        OperationCommand.of(openApi).forEach(command -> command.describe(commands, messages));
        ObjectNode told = (ObjectNode) document.remove("operations");
        ObjectNode operations = document.putObject("operations");
        commands.properties()
                .forEach(
                        entry -> operations.set(entry.getKey(), operation(entry.getKey(), entry.getValue(), messages)));
        operations.setAll(told);
        sortEvents(messages, operations);
        ObjectNode channel = document.withObject("/channels/socket/messages");
        messages.fieldNames()
                .forEachRemaining(
                        name -> channel.set(name, Parts.reference(document, "#/components/messages/" + name)));
        document.withObject("/components").set("messages", messages);
        Parts.addUsedSchemas(document, parts);
        return document;
    }

    private static ObjectNode operation(String type, JsonNode command, ObjectNode messages) {
        ObjectNode operation = messages.objectNode().put("action", "receive");
        operation.set("channel", Parts.reference(operation, "#/channels/socket"));
        operation.setAll((ObjectNode) command);
        operation.putArray("messages").add(message(operation, "command." + type));
        String named = command.path("reply").asText(type);
        ObjectNode reply = operation.putObject("reply");
        reply.set("channel", Parts.reference(operation, "#/channels/socket"));
        reply.putArray("messages")
                .add(message(operation, "reply." + (messages.has("reply." + named) ? named : "ok")))
                .add(message(operation, "reply.error"));
        List<String> codes = new ArrayList<>(List.of("validation_failed", "unauthenticated"));
        codes.addAll(Parts.words(command.path("x-error-codes")));
        codes.addAll(ANY);
        operation.set("x-error-codes", Parts.words(operation, codes));
        return operation;
    }

    private static ObjectNode message(ObjectNode maker, String name) {
        return Parts.reference(maker, CHANNEL_MESSAGES + name);
    }

    private static void sortEvents(ObjectNode messages, ObjectNode operations) {
        messages.properties().forEach(entry -> {
            JsonNode teller = ((ObjectNode) entry.getValue()).remove("x-told-by");
            if (teller != null) {
                ArrayNode told = operations.withObject("/" + teller.asText()).withArray("/messages");
                told.add(message(operations, entry.getKey()));
            }
        });
    }
}

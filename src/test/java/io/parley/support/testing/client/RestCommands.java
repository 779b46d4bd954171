package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Gives the commands of a WebSocket over REST and answers with frames as a WebSocket would. Messages to one conversation go
 * one after another; when the outcome of one is unknown, so is that of those that wait behind it. On the client's context.
 */
final class RestCommands {
    private static final String PREFIX = "/conversations/";

    private final Rest rest;
    private final String token;
    private final Consumer<JsonNode> replies;
    private final Map<String, Future<Rest.Reply>> sends = new HashMap<>();
    private final Map<String, Integer> waiting = new HashMap<>();

    RestCommands(Rest rest, String token, Consumer<JsonNode> replies) {
        this.rest = rest;
        this.token = token;
        this.replies = replies;
    }

    void run(JsonNode command) {
        String id = command.path("id").asText();
        call(command)
                .onSuccess(reply -> replies.accept(frame(id, reply)))
                .onFailure(lost -> replies.accept(error(
                        id,
                        Wire.object().put("code", "unavailable").put("detail", String.valueOf(lost.getMessage())))));
    }

    private Future<Rest.Reply> call(JsonNode command) {
        String conversation = command.path("conversation").asText();
        String path = PREFIX + conversation;
        return switch (command.path("type").asText()) {
            case "message.send" -> inTurn(conversation, path + "/messages", command.path("message"));
            case "changes" ->
                rest.call(
                        HttpMethod.GET,
                        path + "/changes?after=" + command.path("after").asLong(),
                        token,
                        null);
            case "history" ->
                rest.call(
                        HttpMethod.GET,
                        path + "/messages?after=" + command.path("after").asLong() + "&limit="
                                + command.path("limit").asLong(),
                        token,
                        null);
            case "read" ->
                rest.call(
                        HttpMethod.PUT,
                        path + "/read",
                        token,
                        Wire.object().put("number", command.path("number").asLong()));
            default -> throw new IllegalStateException("no such call is known: " + command);
        };
    }

    private Future<Rest.Reply> inTurn(String conversation, String path, JsonNode message) {
        waiting.merge(conversation, 1, Integer::sum);
        Future<Rest.Reply> before = sends.getOrDefault(conversation, Future.succeededFuture());
        Future<Rest.Reply> sent = before.compose(reply -> reply == null || reply.status() < 429
                ? rest.call(HttpMethod.POST, path, token, message)
                : Future.succeededFuture(reply));
        sends.put(conversation, sent);
        sent.onComplete(done -> {
            if (waiting.merge(conversation, -1, Integer::sum) == 0) {
                sends.remove(conversation);
            }
        });
        return sent;
    }

    private static JsonNode frame(String id, Rest.Reply reply) {
        if (reply.status() / 100 != 2) {
            return error(id, reply.body());
        }
        JsonNode result = reply.body().isMissingNode() ? Wire.object() : reply.body();
        return Wire.object().put("type", "ok").put("id", id).set("result", result);
    }

    private static ObjectNode error(String id, JsonNode what) {
        ObjectNode frame = Wire.object().put("type", "error").put("id", id);
        frame.set("error", what);
        return frame;
    }
}

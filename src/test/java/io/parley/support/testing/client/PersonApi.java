package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The REST calls of one person. Each fails with {@link CommandFailure} when the answer is no success. */
public final class PersonApi {
    private static final int PAGE = 100;

    private final Rest rest;
    private final Tokens tokens;

    public PersonApi(Rest rest, Tokens tokens) {
        this.rest = rest;
        this.tokens = tokens;
    }

    /** Any call; a token that was refused is renewed once. */
    public Future<Rest.Reply> call(HttpMethod method, String path, @Nullable JsonNode body) {
        return tokens.current()
                .compose(token -> rest.call(method, path, token, body))
                .compose(reply -> reply.status() == 401
                        ? tokens.renew().compose(token -> rest.call(method, path, token, body))
                        : Future.succeededFuture(reply));
    }

    /** Any call; the body of a success. */
    public Future<JsonNode> ask(HttpMethod method, String path, @Nullable JsonNode body) {
        return call(method, path, body).compose(Rest.Reply::success);
    }

    public Future<JsonNode> me() {
        return ask(HttpMethod.GET, "/users/me", null);
    }

    public Future<JsonNode> group(UUID id, String name, List<UUID> others, String history) {
        ObjectNode body = conversation("group", others).put("id", id.toString());
        return ask(HttpMethod.POST, "/conversations", body.put("name", name).put("history", history));
    }

    public Future<JsonNode> direct(UUID other) {
        return ask(HttpMethod.POST, "/conversations", conversation("direct", List.of(other)));
    }

    private static ObjectNode conversation(String type, List<UUID> others) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", type);
        ArrayNode members = body.putArray("members");
        others.forEach(user -> members.add(user.toString()));
        return body;
    }

    public Future<JsonNode> conversation(UUID id) {
        return ask(HttpMethod.GET, "/conversations/" + id, null);
    }

    /** All of them, page by page. */
    public Future<List<JsonNode>> conversations() {
        return all("/conversations?limit=" + PAGE, "cursor", new ArrayList<>(), null);
    }

    /** All present members, page by page. */
    public Future<List<JsonNode>> members(UUID conversation) {
        return all("/conversations/" + conversation + "/members?limit=" + PAGE, "cursor", new ArrayList<>(), null);
    }

    /** The whole history that this person may read, ascending. */
    public Future<List<JsonNode>> history(UUID conversation) {
        String path = "/conversations/" + conversation + "/messages?limit=" + PAGE;
        return all(path, "after", new ArrayList<>(), "0");
    }

    private Future<List<JsonNode>> all(String path, String parameter, List<JsonNode> sofar, @Nullable String from) {
        String page =
                from == null ? path : path + "&" + parameter + "=" + URLEncoder.encode(from, StandardCharsets.UTF_8);
        return ask(HttpMethod.GET, page, null).compose(answer -> {
            answer.path("items").forEach(sofar::add);
            JsonNode next = answer.path("next");
            return next.isTextual() ? all(path, parameter, sofar, next.asText()) : Future.succeededFuture(sofar);
        });
    }

    public Future<JsonNode> send(UUID conversation, UUID message, String text) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("id", message.toString())
                .put("type", "text")
                .put("text", text);
        return ask(HttpMethod.POST, "/conversations/" + conversation + "/messages", body);
    }

    public Future<JsonNode> changes(UUID conversation, long after) {
        return ask(HttpMethod.GET, "/conversations/" + conversation + "/changes?after=" + after, null);
    }

    public Future<Void> read(UUID conversation, long number) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("number", number);
        return ask(HttpMethod.PUT, "/conversations/" + conversation + "/read", body)
                .mapEmpty();
    }

    public Future<JsonNode> addMembers(UUID conversation, List<UUID> users) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode ids = body.putArray("users");
        users.forEach(user -> ids.add(user.toString()));
        return ask(HttpMethod.POST, "/conversations/" + conversation + "/members", body);
    }

    public Future<Void> removeMember(UUID conversation, UUID user) {
        return ask(HttpMethod.DELETE, "/conversations/" + conversation + "/members/" + user, null)
                .mapEmpty();
    }
}

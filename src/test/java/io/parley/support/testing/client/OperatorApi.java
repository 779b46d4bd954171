package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** What an operator may do: make people, tokens and conversations by the thousand. */
public final class OperatorApi {
    private static final int MOST = 1_000;

    private final Rest rest;
    private final String key;

    public OperatorApi(Rest rest, String key) {
        this.rest = rest;
        this.key = key;
    }

    /** A conversation to make; {@code id} is made by the caller, the first member of a group owns it. */
    public record Group(UUID id, String name, List<UUID> members, boolean sinceJoin) {}

    /** Ids in the order of the names; a name that is there keeps its id. */
    public Future<List<UUID>> people(List<String> usernames) {
        return people(usernames, "user");
    }

    /** @param kind {@code user}, {@code guest} or {@code bot} */
    public Future<List<UUID>> people(List<String> usernames, String kind) {
        return inParts(usernames, part -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode users = body.putArray("users");
            part.forEach(name -> users.addObject()
                    .put("username", name)
                    .put("displayName", "The " + name)
                    .put("kind", kind));
            return post("/admin/users", body).map(answer -> list(answer, "id", UUID::fromString));
        });
    }

    /** What holds for a tenant from now on, in place of the configuration; the answer as it comes. */
    public Future<Rest.Reply> setLimits(String tenant, Map<String, Integer> figures) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        figures.forEach(body::put);
        return rest.call(HttpMethod.PUT, "/admin/tenants/" + tenant + "/limits", key, body);
    }

    public Future<Rest.Reply> limits(String tenant) {
        return rest.call(HttpMethod.GET, "/admin/tenants/" + tenant + "/limits", key, null);
    }

    /** The nodes that are there. */
    public Future<List<JsonNode>> nodes() {
        return rest.call(HttpMethod.GET, "/admin/nodes", key, null)
                .compose(Rest.Reply::success)
                .map(OperatorApi::list);
    }

    private static List<JsonNode> list(JsonNode answer) {
        List<JsonNode> items = new ArrayList<>();
        answer.path("items").forEach(items::add);
        return items;
    }

    /** How many verticles of some kinds a node is to run; the answer as it comes. */
    public Future<Rest.Reply> setInstances(String node, Map<String, Integer> instances) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        instances.forEach(body::put);
        return rest.call(HttpMethod.PUT, "/admin/nodes/" + node + "/instances", key, body);
    }

    /** Access tokens in the order of the people. */
    public Future<List<String>> tokens(List<UUID> users) {
        return inParts(users, part -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode ids = body.putArray("users");
            part.forEach(user -> ids.add(user.toString()));
            return post("/admin/tokens", body).map(answer -> list(answer, "accessToken", Function.identity()));
        });
    }

    public Future<List<UUID>> groups(List<Group> groups) {
        return inParts(groups, part -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode conversations = body.putArray("conversations");
            part.forEach(group -> describe(group, conversations.addObject()));
            return post("/admin/conversations", body).map(answer -> list(answer, "id", UUID::fromString));
        });
    }

    private static void describe(Group group, ObjectNode body) {
        body.put("id", group.id().toString()).put("type", "group").put("name", group.name());
        body.put("history", group.sinceJoin() ? "since_join" : "all");
        ArrayNode members = body.putArray("members");
        group.members().forEach(member -> members.add(member.toString()));
    }

    public Future<Void> setStatus(UUID user, String status) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", status);
        return rest.call(HttpMethod.PUT, "/admin/users/" + user + "/status", key, body)
                .compose(Rest.Reply::success)
                .mapEmpty();
    }

    /** @param kind {@code user} or {@code guest}; the answer as it comes */
    public Future<Rest.Reply> setKind(UUID user, String kind) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("kind", kind);
        return rest.call(HttpMethod.PUT, "/admin/users/" + user + "/kind", key, body);
    }

    /** Tokens of one person, made by the operator whenever they are needed. */
    public Tokens tokensOf(UUID user) {
        return new Tokens() {
            private volatile String last = "";

            @Override
            public Future<String> current() {
                return last.isEmpty() ? renew() : Future.succeededFuture(last);
            }

            @Override
            public Future<String> renew() {
                return tokens(List.of(user)).map(made -> last = made.getFirst());
            }
        };
    }

    private Future<JsonNode> post(String path, JsonNode body) {
        return rest.call(HttpMethod.POST, path, key, body).compose(Rest.Reply::success);
    }

    private static <T> List<T> list(JsonNode answer, String field, Function<String, T> read) {
        List<T> values = new ArrayList<>();
        answer.path("items").forEach(item -> {
            if (!item.hasNonNull(field)) {
                throw CommandFailure.of(item.path("error"), 0);
            }
            values.add(read.apply(item.path(field).asText()));
        });
        return values;
    }

    private static <A, B> Future<List<B>> inParts(List<A> all, Function<List<A>, Future<List<B>>> one) {
        Future<List<B>> sum = Future.succeededFuture(new ArrayList<>());
        for (int from = 0; from < all.size(); from += MOST) {
            List<A> part = all.subList(from, Math.min(all.size(), from + MOST));
            sum = sum.compose(done -> one.apply(part).map(more -> {
                done.addAll(more);
                return done;
            }));
        }
        return sum;
    }
}

package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.UUID;

/** Somebody who has registered or logged in, with tokens that are exchanged when needed. */
public final class SignedIn implements Tokens {
    private final Rest rest;
    private final UUID user;
    private final String username;
    private volatile String accessToken;
    private volatile String refreshToken;

    private SignedIn(Rest rest, JsonNode body) {
        this.rest = rest;
        this.user = UUID.fromString(body.path("user").path("id").asText());
        this.username = body.path("user").path("username").asText();
        this.accessToken = body.path("accessToken").asText();
        this.refreshToken = body.path("refreshToken").asText();
    }

    public static Future<SignedIn> register(Rest rest, String username, String password) {
        return register(rest, username, password, JsonNodeFactory.instance.objectNode());
    }

    /** In a tenant that is not the default one. */
    public static Future<SignedIn> register(Rest rest, String username, String password, String tenant) {
        return register(
                rest, username, password, JsonNodeFactory.instance.objectNode().put("tenant", tenant));
    }

    private static Future<SignedIn> register(Rest rest, String username, String password, ObjectNode where) {
        ObjectNode body = where.put("username", username)
                .put("email", username + "@example.org")
                .put("password", password)
                .put("displayName", "The " + username);
        return post(rest, "/auth/register", body).map(answer -> new SignedIn(rest, answer));
    }

    public static Future<SignedIn> login(Rest rest, String login, String password) {
        return login(rest, login, password, JsonNodeFactory.instance.objectNode());
    }

    /** In a tenant that is not the default one. */
    public static Future<SignedIn> login(Rest rest, String login, String password, String tenant) {
        return login(
                rest, login, password, JsonNodeFactory.instance.objectNode().put("tenant", tenant));
    }

    private static Future<SignedIn> login(Rest rest, String login, String password, ObjectNode where) {
        ObjectNode body = where.put("login", login).put("password", password);
        return post(rest, "/auth/login", body).map(answer -> new SignedIn(rest, answer));
    }

    private static Future<JsonNode> post(Rest rest, String path, JsonNode body) {
        return rest.call(HttpMethod.POST, path, null, body).compose(Rest.Reply::success);
    }

    public UUID user() {
        return user;
    }

    public String username() {
        return username;
    }

    public String accessToken() {
        return accessToken;
    }

    public String refreshToken() {
        return refreshToken;
    }

    @Override
    public Future<String> current() {
        return Future.succeededFuture(accessToken);
    }

    @Override
    public Future<String> renew() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("refreshToken", refreshToken);
        return post(rest, "/auth/refresh", body).map(answer -> {
            accessToken = answer.path("accessToken").asText();
            refreshToken = answer.path("refreshToken").asText();
            return accessToken;
        });
    }
}

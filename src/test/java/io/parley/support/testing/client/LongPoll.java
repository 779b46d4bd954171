package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;

/** One request to the session port, and its answer. */
public final class LongPoll {
    private LongPoll() {}

    /** @param cursor empty: none */
    public static Future<JsonNode> once(
            HttpClient client, Endpoints node, String token, String cursor, int timeoutSeconds) {
        String path = "/poll?timeoutSeconds=" + timeoutSeconds + (cursor.isEmpty() ? "" : "&cursor=" + cursor);
        return call(client, node, HttpMethod.GET, path, token);
    }

    /** A ticket for one stream. */
    public static Future<String> ticket(HttpClient client, Endpoints node, String token) {
        return call(client, node, HttpMethod.POST, "/tickets", token)
                .map(answer -> answer.path("ticket").asText());
    }

    private static Future<JsonNode> call(
            HttpClient client, Endpoints node, HttpMethod method, String path, String token) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost(node.websocket().getHost())
                .setPort(node.websocket().getPort())
                .setURI("/api/v1/events" + path)
                .putHeader("authorization", "Bearer " + token);
        return client.request(options)
                .compose(request -> request.send())
                .compose(response -> response.body().compose(body -> answer(response, Wire.parse(body.toString()))));
    }

    private static Future<JsonNode> answer(HttpClientResponse response, JsonNode body) {
        return response.statusCode() / 100 == 2
                ? Future.succeededFuture(body)
                : Future.failedFuture(CommandFailure.of(body, response.statusCode()));
    }
}

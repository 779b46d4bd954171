package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Calls of the REST interface, as they are: whatever the server answers is a {@link Reply}. */
public final class Rest {
    /** How long to wait for an answer when there is nobody else to ask. */
    public static final long PATIENT_MS = 30_000;

    private static final String PREFIX = "/api/v1";
    private static final int POOL = 32;

    private final WebClient client;
    private final Route route;
    private final long timeoutMs;
    private volatile @Nullable Endpoints failed;

    /** One for many callers; it has few connections. Each call goes where the route leads. */
    public Rest(Vertx vertx, Route route, long timeoutMs) {
        this.client = WebClient.create(
                vertx, new WebClientOptions().setUserAgentEnabled(false), new PoolOptions().setHttp1MaxSize(POOL));
        this.route = route;
        this.timeoutMs = timeoutMs;
    }

    /** An answer; {@code body} is missing when there is none or it is no JSON. */
    public record Reply(int status, JsonNode body, String contentType, String text) {
        public String code() {
            return body.path("code").asText();
        }

        /** The body of a success. */
        public Future<JsonNode> success() {
            return status / 100 == 2
                    ? Future.succeededFuture(body)
                    : Future.failedFuture(CommandFailure.of(body, status));
        }
    }

    /** @param path below the prefix, with the query */
    public Future<Reply> call(HttpMethod method, String path, @Nullable String token, @Nullable JsonNode body) {
        return send(method, PREFIX + path, token, body == null ? null : Json.encode(body));
    }

    /** Sends bytes as they are, declared as JSON. */
    public Future<Reply> callRaw(HttpMethod method, String path, @Nullable String token, Buffer body) {
        return send(method, PREFIX + path, token, body);
    }

    /** A page outside the interface, e.g. {@code /health/ready}. */
    public Future<Reply> page(String path) {
        return send(HttpMethod.GET, path, null, null);
    }

    private Future<Reply> send(HttpMethod method, String uri, @Nullable String token, @Nullable Buffer body) {
        Endpoints node = route.next(failed);
        HttpRequest<Buffer> request = request(method, node.http(), uri, token);
        Future<HttpResponse<Buffer>> response = body == null
                ? request.send()
                : request.putHeader("content-type", "application/json").sendBuffer(body);
        return response.onComplete(done -> failed = done.failed() ? node : null)
                .map(Rest::reply)
                .recover(lost ->
                        Future.failedFuture(CommandFailure.unanswered(CommandFailure.DISCONNECTED, lost.toString())));
    }

    private HttpRequest<Buffer> request(HttpMethod method, URI base, String uri, @Nullable String token) {
        HttpRequest<Buffer> request = client.request(method, base.getPort(), base.getHost(), uri)
                .timeout(timeoutMs)
                .followRedirects(false);
        return token == null ? request : request.putHeader("authorization", "Bearer " + token);
    }

    private static Reply reply(HttpResponse<Buffer> response) {
        String text = text(response);
        String type = response.getHeader("content-type");
        return new Reply(response.statusCode(), parse(text), type == null ? "" : type, text);
    }

    private static String text(HttpResponse<Buffer> response) {
        String text = response.bodyAsString();
        return text == null ? "" : text;
    }

    private static JsonNode parse(String text) {
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (AppError noJson) {
            return MissingNode.getInstance();
        }
    }

    public void close() {
        client.close();
    }
}

package io.parley.loadtest.provision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls to the server's REST interface, one after another. */
public final class AdminApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final URI base;
    private final String operatorKey;

    /** @param base of the server, such as http://localhost:8080 */
    public AdminApi(HttpClient http, URI base, String operatorKey) {
        this.http = http;
        this.base = base;
        this.operatorKey = operatorKey;
    }

    /** The server did not do what it was asked for. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason);
        }
    }

    /** Where clients find the WebSocket. */
    public URI socket() {
        return URI.create(get("/api/v1/config").path("websocketUrl").asText());
    }

    /** The version of the contract that the server speaks; a question mark if it does not tell. */
    public String contractVersion() {
        HttpRequest request = request("/api/openapi.yaml").GET().build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("  version:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("?");
        } catch (IOException unreachable) {
            return "?";
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }

    private JsonNode get(String path) {
        return send(request(path).GET().build());
    }

    /** As whoever has the token. */
    public JsonNode get(String path, String bearer) {
        return send(
                request(path).header("Authorization", "Bearer " + bearer).GET().build());
    }

    /** As the operator. */
    JsonNode post(String path, JsonNode body) {
        return post(path, operatorKey, body);
    }

    /** As whoever has the token. */
    public JsonNode post(String path, String bearer, JsonNode body) {
        return send(request(path)
                .header("Authorization", "Bearer " + bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofMinutes(2));
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new Refused(request.method() + " " + request.uri().getPath() + " was answered with "
                        + answer.statusCode() + " " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException failed) {
            throw new Refused(request.uri() + ": " + failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted");
        }
    }
}

package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A client of server-sent events, as the HTML standard has it in section 9.2. Its methods may be called from anywhere;
 * what comes is handed on by the context that opened it.
 */
public final class EventStream {
    private final HttpClientResponse response;
    private final Promise<Void> ended = Promise.promise();
    private final List<JsonNode> frames = new ArrayList<>();
    private final Consumer<JsonNode> receiver;
    private final StringBuilder data = new StringBuilder();
    private Buffer pending = Buffer.buffer();
    private String id = "";
    private String lastId = "";
    private long retryMs;
    private int comments;

    private EventStream(HttpClientResponse response, Consumer<JsonNode> receiver) {
        this.response = response;
        this.receiver = receiver;
        response.handler(this::receive);
        response.exceptionHandler(cut -> ended.tryComplete());
        response.endHandler(end -> ended.tryComplete());
    }

    /** Opens one; fails when the answer is no stream, with its status. */
    public static Future<EventStream> open(
            HttpClient client, Endpoints node, String query, Map<String, String> headers, Consumer<JsonNode> receiver) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(node.websocket().getHost())
                .setPort(node.websocket().getPort())
                .setURI("/api/v1/events" + query);
        headers.forEach(options::putHeader);
        return client.request(options)
                .compose(request -> request.send())
                .compose(response ->
                        response.statusCode() == 200 && "text/event-stream".equals(response.getHeader("content-type"))
                                ? Future.succeededFuture(new EventStream(response, receiver))
                                : refused(response));
    }

    private static Future<EventStream> refused(HttpClientResponse response) {
        return response.body()
                .map(body -> Wire.parse(body.toString()))
                .compose(problem -> Future.failedFuture(CommandFailure.of(problem, response.statusCode())));
    }

    private synchronized void receive(Buffer bytes) {
        pending.appendBuffer(bytes);
        int from = 0;
        for (int i = 0; i < pending.length(); i++) {
            if (pending.getByte(i) == '\n') {
                line(pending.getString(from, i, StandardCharsets.UTF_8.name()));
                from = i + 1;
            }
        }
        pending = pending.getBuffer(from, pending.length());
    }

    private void line(String line) {
        if (line.isEmpty()) {
            dispatch();
        } else if (line.startsWith(":")) {
            comments++;
        } else {
            int colon = line.indexOf(": ");
            String value = line.substring(colon + 2);
            switch (line.substring(0, colon)) {
                case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                case "id" -> id = value;
                case "retry" -> retryMs = Long.parseLong(value);
                default -> throw new IllegalStateException("an event with the line " + line);
            }
        }
    }

    private void dispatch() {
        lastId = id;
        if (!data.isEmpty()) {
            JsonNode frame = Wire.parse(data.toString());
            data.setLength(0);
            frames.add(frame);
            receiver.accept(frame);
        }
    }

    /** All that came so far. */
    public synchronized List<JsonNode> frames() {
        return List.copyOf(frames);
    }

    /** Those of one type. */
    public List<JsonNode> frames(String type) {
        return frames().stream()
                .filter(frame -> frame.path("type").asText().equals(type))
                .toList();
    }

    /** What a browser would say in {@code Last-Event-ID}. */
    public synchronized String lastId() {
        return lastId;
    }

    public synchronized long retryMs() {
        return retryMs;
    }

    public synchronized int comments() {
        return comments;
    }

    public String header(String name) {
        return String.valueOf(response.getHeader(name));
    }

    /** Completes when the stream is over, however it ended. */
    public Future<Void> ended() {
        return ended.future();
    }

    /** Ends it without a word. */
    public void cut() {
        response.request().connection().close();
    }

    public void pause() {
        response.pause();
    }

    public void resume() {
        response.resume();
    }
}

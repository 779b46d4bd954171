package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

/** A server that answers each command as a test says, to see what a client does. */
final class ScriptedServer {
    private final HttpServer server;
    private final List<JsonNode> commands = new CopyOnWriteArrayList<>();
    private final AtomicReference<ServerWebSocket> socket = new AtomicReference<>();
    private volatile Function<JsonNode, List<String>> script = command -> List.of();

    ScriptedServer(Vertx vertx) {
        server = vertx.createHttpServer().webSocketHandler(this::accept);
        server.listen(0, "127.0.0.1").await();
    }

    private void accept(ServerWebSocket opened) {
        socket.set(opened);
        opened.textMessageHandler(text -> {
            JsonNode command = Json.parse(text.getBytes(StandardCharsets.UTF_8));
            commands.add(command);
            script.apply(command)
                    .forEach(frame -> opened.writeTextMessage(
                            frame.replace("$id", command.path("id").asText())));
        });
    }

    /** What is answered from now on; {@code $id} stands for the command's id, quotes are single. */
    void answer(Function<JsonNode, List<String>> answers) {
        script = command -> answers.apply(command).stream()
                .map(frame -> frame.replace('\'', '"'))
                .toList();
    }

    void push(String frame) {
        socket.get().writeTextMessage(frame.replace('\'', '"')).await();
    }

    void close(int code) {
        socket.get().close((short) code).await();
    }

    /** The commands of this type so far. */
    Stream<JsonNode> received(String type) {
        return commands.stream().filter(command -> command.path("type").asText().equals(type));
    }

    Endpoints endpoints() {
        int port = server.actualPort();
        return new Endpoints(
                URI.create("http://127.0.0.1:" + port),
                URI.create("ws://127.0.0.1:" + port + "/ws"),
                URI.create("http://127.0.0.1:" + port + "/metrics"));
    }
}

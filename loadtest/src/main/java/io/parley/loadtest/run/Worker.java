package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.run.Crowd.Order;
import io.parley.loadtest.scenario.Talk.Activity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A process that has a share of the people of runs that another process leads. What it is told comes over HTTP, one
 * call for each method of {@link Crowd}; whoever reaches the port may use it, so it belongs on a network of one's own.
 */
public final class Worker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int FAULT = 500;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private @Nullable LocalCrowd crowd;

    /** @param port 0: a free one */
    public Worker(String host, int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
    }

    /** @return where it listens */
    public InetSocketAddress start() {
        server.start();
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode asked = JSON.readTree(exchange.getRequestBody());
            answer(exchange, OK, answer(exchange.getRequestURI().getPath().substring(1), asked));
        } catch (RuntimeException failed) {
            answer(exchange, FAULT, Figures.object().put("failure", failed.toString()));
        }
    }

    private static void answer(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private ObjectNode answer(String call, JsonNode asked) {
        switch (call) {
            case "prepare" -> prepare(asked);
            case "connect" -> {
                return Parcel.pack(require()
                        .connect(
                                asked.path("people").asInt(),
                                asked.path("mostSeconds").asInt()));
            }
            case "begin" ->
                require()
                        .begin(
                                JSON.convertValue(asked.path("order"), Order.class),
                                JSON.convertValue(asked.path("activity"), Activity.class));
            case "pulse" -> {
                return pulse();
            }
            case "standing" -> {
                return Parcel.pack(require().standing());
            }
            case "heads" -> {
                return Parcel.pack(require().heads());
            }
            case "remaining" -> {
                return Parcel.pack(require().remaining(Parcel.heads(asked)));
            }
            case "end" -> {
                return Parcel.pack(require().end(Parcel.heads(asked)));
            }
            case "drop" -> require().drop(asked.path("part").asDouble());
            case "renew" -> require().renew(tokens(asked.path("tokens")));
            case "close" -> clear();
            default -> throw new IllegalArgumentException("there is no call " + call);
        }
        return Figures.object();
    }

    private synchronized LocalCrowd require() {
        if (crowd == null) {
            throw new IllegalStateException("nobody is here yet");
        }
        return crowd;
    }

    private ObjectNode pulse() {
        Crowd.Pulse pulse = require().pulse();
        ObjectNode answer = Figures.object();
        answer.set("recorder", Parcel.pack(pulse.recorder()));
        answer.set("standing", Parcel.pack(pulse.standing()));
        return answer;
    }

    private static List<String> tokens(JsonNode tokens) {
        List<String> all = new ArrayList<>();
        tokens.forEach(token -> all.add(token.asText()));
        return all;
    }

    private synchronized void prepare(JsonNode asked) {
        clear();
        List<Topology.Layer> layers = new ArrayList<>();
        asked.path("layers").forEach(layer -> layers.add(JSON.convertValue(layer, Topology.Layer.class)));
        List<Population.Person> people = new ArrayList<>();
        asked.path("people")
                .forEach(person -> people.add(new Population.Person(
                        UUID.fromString(person.path("id").asText()),
                        person.path("token").asText())));
        List<UUID> rooms = new ArrayList<>();
        asked.path("rooms").forEach(room -> rooms.add(UUID.fromString(room.asText())));
        List<URI> sockets = new ArrayList<>();
        asked.path("sockets").forEach(socket -> sockets.add(URI.create(socket.asText())));
        Topology topology =
                Topology.of(people.size(), layers, asked.path("seed").asLong());
        crowd = new LocalCrowd(
                new Population(topology, people, rooms),
                sockets,
                JSON.convertValue(asked.path("settings"), Fleet.Settings.class),
                JSON.convertValue(asked.path("share"), Fleet.Share.class));
    }

    private synchronized void clear() {
        if (crowd != null) {
            crowd.close();
            crowd = null;
        }
    }

    @Override
    public void close() {
        clear();
        server.stop(0);
        threads.shutdown();
    }
}

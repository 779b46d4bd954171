package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands of one connection that have no reply yet. */
final class Commands {
    /** Longer than a server that keeps its promises takes. */
    private static final long TIMEOUT_MS = 20_000;

    private record Pending(Promise<JsonNode> promise, long dueMs) {}

    private final Transport transport;
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private long lastId;

    Commands(Transport transport) {
        this.transport = transport;
    }

    /** Sends the command; the future has the whole reply frame. */
    Future<JsonNode> send(String type, ObjectNode fields) {
        String id = Long.toString(++lastId);
        ObjectNode frame = Wire.object().put("type", type).put("id", id);
        frame.setAll(fields);
        Promise<JsonNode> promise = Promise.promise();
        pending.put(id, new Pending(promise, now() + TIMEOUT_MS));
        transport.send(frame).onFailure(lost -> fail(id, CommandFailure.DISCONNECTED));
        return promise.future();
    }

    /** @return false when nobody waits for this reply */
    boolean complete(JsonNode reply) {
        Pending command = take(reply.path("id").asText());
        if (command == null) {
            return false;
        }
        if (reply.path("type").asText().equals("error")) {
            command.promise.fail(CommandFailure.of(reply.path("error"), 0));
        } else {
            command.promise.complete(reply);
        }
        return true;
    }

    private @Nullable Pending take(String id) {
        return pending.remove(id);
    }

    private void fail(String id, String code) {
        Pending command = take(id);
        if (command != null) {
            command.promise.fail(CommandFailure.unanswered(code, "no reply to command " + id));
        }
    }

    /** The connection is over. */
    void failAll() {
        List.copyOf(pending.keySet()).forEach(id -> fail(id, CommandFailure.DISCONNECTED));
    }

    /** Gives up what has waited too long; to be called now and then. */
    void expire() {
        long now = now();
        Iterator<Map.Entry<String, Pending>> oldest =
                List.copyOf(pending.entrySet()).iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Pending> command = oldest.next();
            if (command.getValue().dueMs > now) {
                return;
            }
            fail(command.getKey(), CommandFailure.TIMED_OUT);
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}

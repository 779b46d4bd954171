package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.server.limits.Limits;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** The commands that features have registered, by type. One instance a session verticle. */
final class CommandRouter implements SessionHost {
    private final Map<String, Command> commands = new HashMap<>();

    private final SessionListeners listeners = new SessionListeners();
    private final Limits limits;

    CommandRouter(Limits limits) {
        this.limits = limits;
    }

    /** A command's fields are those without {@code type} and {@code id}; its result becomes that of the {@code ok}. */
    interface Command {
        Future<?> run(Caller caller, ObjectNode fields);
    }

    @Override
    public <I extends Record> void command(
            String type, Class<I> input, BiFunction<Caller, I, ? extends Future<? extends Record>> handler) {
        add(type, (caller, fields) -> handler.apply(caller, Json.read(fields, input)));
    }

    void add(String type, Command command) {
        if (commands.put(type, command) != null) {
            throw new IllegalStateException("two features answer the command " + type);
        }
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public void listen(SessionListener listener) {
        listeners.add(listener);
    }

    SessionListener listeners() {
        return listeners;
    }

    Set<String> types() {
        return commands.keySet();
    }

    /** The type as a tag of metrics: never what a client made up. */
    String name(String type) {
        return commands.containsKey(type) ? type : "other";
    }

    /** Runs a command; whatever it throws is the failure of the future. */
    Future<?> run(Caller caller, String type, ObjectNode fields) {
        Command command = commands.get(type);
        if (command == null) {
            return Future.failedFuture(AppError.of(ErrorCode.UNKNOWN_COMMAND, "There is no command " + quoted(type)));
        }
        listeners.commanded(caller, type, fields);
        try {
            limits.request(caller.principal());
            return command.run(caller, fields);
        } catch (RuntimeException refused) {
            return Future.failedFuture(refused);
        }
    }

    private static JsonNode quoted(String type) {
        return Json.mapper().getNodeFactory().textNode(type.length() > 64 ? type.substring(0, 64) : type);
    }
}

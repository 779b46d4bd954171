package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.Contract;
import io.parley.server.contract.Operation;
import io.parley.server.contract.Operations;
import io.parley.server.contract.Request;
import io.parley.server.limits.Limits;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Makes commands of the operations that may also be asked for over the WebSocket, with the handlers that they have. */
final class OperationCommands {
    private static final String BODY = "body";

    private OperationCommands() {}

    static void register(Contract contract, Operations handlers, CommandRouter router) {
        for (Operation operation : contract.operations()) {
            if (operation.command() != null) {
                Function<Call, Future<Answer>> handler = handlers.handler(operation);
                router.add(
                        operation.command(),
                        (caller, fields) -> run(operation, handler, router.limits(), caller, fields));
            }
        }
    }

    private static Future<Object> run(
            Operation operation,
            Function<Call, Future<Answer>> handler,
            Limits limits,
            Caller caller,
            ObjectNode fields) {
        limits.operation(caller.principal(), operation.id());
        JsonNode body = Objects.requireNonNullElse(fields.remove(BODY), JsonNodeFactory.instance.missingNode());
        Map<String, JsonNode> parameters = new HashMap<>();
        for (Operation.Parameter parameter : operation.parameters()) {
            JsonNode value = fields.remove(parameter.field());
            if (value != null && !value.isNull()) {
                parameters.put(parameter.name(), value);
            }
        }
        Request request = Request.check(operation, parameters, body, fields);
        return handler.apply(new SocketCall(caller.principal(), request, caller.bus(), limits))
                .map(answer -> Objects.requireNonNullElse(answer.body(), Nothing.NOTHING));
    }

    /** What only an operation without a caller needs to know, and those have no command. */
    private record SocketCall(Principal principal, Request request, Bus bus, Limits limits) implements Call {
        @Override
        public String address() {
            throw new UnsupportedOperationException("not known over the WebSocket");
        }

        @Override
        public String host() {
            throw new UnsupportedOperationException("not known over the WebSocket");
        }
    }
}

package io.parley.server.http;

import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.Contract;
import io.parley.server.contract.Operation;
import io.parley.server.contract.Operations;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/** Mounts the operations of the contract, each with the handler that a feature gave for it. */
final class ContractRouter {
    private final Router router;
    private final HttpNode node;
    private final Connections connections;
    private final BodyHandler body;

    ContractRouter(Router router, HttpNode node, Connections connections) {
        this.router = router;
        this.node = node;
        this.connections = connections;
        this.body = BodyHandler.create(false).setBodyLimit(node.config().http().maxBodyBytes());
    }

    void mount(Operations handlers) {
        Contract contract = node.contract();
        handlers.check(contract);
        String base = contract.basePath();
        router.route(base + "/*").handler((SecurityPolicyHandler) context -> {
            context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            context.next();
        });
        Map<String, List<Operation>> byPath = new LinkedHashMap<>();
        for (Operation operation : contract.operations()) {
            byPath.computeIfAbsent(operation.path(), path -> new ArrayList<>()).add(operation);
        }
        byPath.forEach((path, operations) -> {
            String pattern = base + path.replaceAll("\\{(\\w+)}", ":$1");
            operations.forEach(operation -> mount(pattern, operation, handlers.handler(operation)));
            refuseOtherMethods(pattern, operations);
        });
    }

    private void mount(String pattern, Operation operation, Function<Call, Future<Answer>> feature) {
        OperationHandler handler = new OperationHandler(operation, feature, node, connections);
        Route route = router.route(operation.method(), pattern).setName(operation.id());
        if (operation.method().equals(HttpMethod.GET)) {
            route.method(HttpMethod.HEAD);
        }
        if (operation.body() != null) {
            route.handler((SecurityPolicyHandler) handler::requireJson).handler(body);
        }
        route.handler(handler);
    }

    private void refuseOtherMethods(String pattern, List<Operation> operations) {
        TreeSet<String> methods = new TreeSet<>(List.of("OPTIONS"));
        for (Operation operation : operations) {
            methods.add(operation.method().name());
            if (operation.method().equals(HttpMethod.GET)) {
                methods.add("HEAD");
            }
        }
        String allow = String.join(", ", methods);
        router.route(pattern).handler(context -> {
            context.response().putHeader(HttpHeaders.ALLOW, allow);
            if (context.request().method().equals(HttpMethod.OPTIONS)) {
                context.response().setStatusCode(204).end();
            } else {
                context.fail(405);
            }
        });
    }
}

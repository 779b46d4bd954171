package io.parley.server.session;

import io.parley.server.auth.Principal;
import io.parley.server.contract.Operation;
import io.parley.server.contract.Request;
import io.parley.server.http.HttpNode;
import io.parley.server.http.Problems;
import io.parley.server.http.RequestCheck;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Requests of the session port that are no WebSockets: from where, who calls, may he so often, does the request fit; then
 * event streams, polls and tickets have their turn. What is refused ends its connection, so that trying costs a connection
 * each time, as with WebSockets.
 */
final class EventRequests {
    private static final String STREAM = "streamEvents";
    private static final String POLL = "pollEvents";
    private static final String TICKET = "createEventTicket";
    private static final String NONE = "other";
    private static final String SCHEME = "bearer ";
    private static final int NO_CONTENT = 204;
    private static final int UPGRADE_REQUIRED = 426;

    private final HttpNode node;
    private final Origins origins;
    private final Arrivals arrivals;
    private final Tickets tickets;
    private final Map<String, Map<HttpMethod, Operation>> paths = new HashMap<>();
    private final Map<String, Function<EventRequest, Future<Void>>> handlers;
    private boolean draining;

    EventRequests(
            HttpNode node, Origins origins, Arrivals arrivals, Tickets tickets, EventStreams streams, LongPolls polls) {
        this.node = node;
        this.origins = origins;
        this.arrivals = arrivals;
        this.tickets = tickets;
        this.handlers = Map.of(STREAM, streams::begin, POLL, polls::poll, TICKET, this::issue);
        for (Operation operation : node.contract().operations(Operation.Host.SESSION)) {
            if (!handlers.containsKey(operation.id())) {
                throw new IllegalStateException("operation " + operation.id() + " has no handler");
            }
            paths.computeIfAbsent(node.contract().basePath() + operation.path(), path -> new HashMap<>())
                    .put(operation.method(), operation);
        }
    }

    /** Lets nobody in any more: another node, or another instance of this one, will. */
    void drain() {
        draining = true;
    }

    void handle(HttpServerRequest request) {
        Map<HttpMethod, Operation> operations = paths.get(request.path());
        if (operations == null) {
            request.response()
                    .setStatusCode(UPGRADE_REQUIRED)
                    .putHeader(HttpHeaders.UPGRADE, "websocket")
                    .end();
            return;
        }
        arrivals.asked(request.connection().remoteAddress());
        Operation operation = operations.get(request.method());
        Future.succeededFuture()
                .compose(begun -> operation == null ? other(request, operations) : serve(request, operation))
                .recover(cause -> refuse(request, cause))
                .onComplete(done -> node.metrics()
                        .eventRequest(
                                operation == null ? NONE : operation.id(),
                                request.response().getStatusCode()));
    }

    private Future<Void> serve(HttpServerRequest request, Operation operation) {
        requireOrigin(request);
        if (draining) {
            throw AppError.unavailable("The node is going");
        }
        requireNoBody(request);
        request.response()
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        String address = node.addresses().of(request);
        return Future.succeededFuture()
                .compose(begun -> token(request, operation))
                .compose(token -> caller(token, operation).map(caller -> new Credentials(token, caller)))
                .recover(cause -> stranger(cause, address))
                .map(credentials -> checked(request, operation, address, credentials))
                .compose(handlers.get(operation.id()));
    }

    private record Credentials(String token, Principal principal) {}

    private void requireOrigin(HttpServerRequest request) {
        if (!origins.allow(request.headers(), request.authority())) {
            throw AppError.of(ErrorCode.FORBIDDEN, "Pages of this origin are not allowed");
        }
        request.response().headers().addAll(origins.permission(request.headers()));
    }

    /** Nobody reads it; and a stream begins behind the whole request. */
    private static void requireNoBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"))) {
            throw AppError.of(ErrorCode.MALFORMED, "There must be no body");
        }
    }

    private Future<String> token(HttpServerRequest request, Operation operation) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Future.succeededFuture(header.substring(SCHEME.length()).trim());
        }
        String ticket = operation.id().equals(STREAM) ? request.getParam("ticket") : null;
        return ticket == null ? Future.failedFuture(AppError.of(ErrorCode.UNAUTHENTICATED)) : tickets.redeem(ticket);
    }

    private Future<Principal> caller(String token, Operation operation) {
        return node.authenticator().authenticate(token).map(principal -> {
            node.limits().request(principal);
            if (operation.id().equals(POLL)) {
                node.limits().poll(principal);
            } else {
                node.limits().operation(principal, operation.id());
            }
            return principal;
        });
    }

    /** A bad token counts like none; a failure of ours does not count. */
    private <T> Future<T> stranger(Throwable cause, String address) {
        if (cause instanceof AppError error && error.code() == ErrorCode.UNAUTHENTICATED) {
            node.limits().unauthenticated(address);
        }
        return Future.failedFuture(cause);
    }

    private EventRequest checked(
            HttpServerRequest request, Operation operation, String address, Credentials credentials) {
        Request checked = RequestCheck.check(operation, request.params());
        return new EventRequest(request, checked, address, credentials.principal(), credentials.token(), arrivals);
    }

    private Future<Void> issue(EventRequest request) {
        return tickets.issue(request.token()).compose(issued -> request.answer(201, Json.encode(issued)));
    }

    private Future<Void> other(HttpServerRequest request, Map<HttpMethod, Operation> operations) {
        requireOrigin(request);
        TreeSet<String> allowed = new TreeSet<>();
        operations.keySet().forEach(method -> allowed.add(method.name()));
        String methods = String.join(", ", allowed);
        request.response().putHeader(HttpHeaders.ALLOW, methods + ", OPTIONS");
        if (!request.method().equals(HttpMethod.OPTIONS)) {
            throw AppError.of(ErrorCode.METHOD_NOT_ALLOWED);
        }
        arrivals.answered(request.connection(), 0);
        return request.response()
                .setStatusCode(NO_CONTENT)
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
                .putHeader(
                        HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
                        "Authorization, Content-Type, Cache-Control, Last-Event-ID")
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600")
                .end();
    }

    private Future<Void> refuse(HttpServerRequest request, Throwable cause) {
        arrivals.answered(request.connection(), 0);
        if (!request.response().headWritten()) {
            request.response().putHeader(HttpHeaders.CONNECTION, "close");
        }
        return Problems.answer(request.response(), Ids.next().toString(), cause)
                .onComplete(answered -> request.connection().close());
    }
}

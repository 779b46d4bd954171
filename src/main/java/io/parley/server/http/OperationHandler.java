package io.parley.server.http;

import io.parley.server.auth.Authenticator;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.Operation;
import io.parley.server.limits.Limits;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Serves one operation: who calls, may he so often, does the request fit; then the feature's answer. */
final class OperationHandler implements Handler<RoutingContext> {
    /** Longer than a request over the bus may take, so that its own error is the one told. */
    private static final long TIMEOUT_SECONDS = 30;

    private static final String SCHEME = "bearer ";

    private final Operation operation;
    private final Function<Call, Future<Answer>> feature;
    private final HttpNode node;
    private final Connections connections;

    OperationHandler(
            Operation operation, Function<Call, Future<Answer>> feature, HttpNode node, Connections connections) {
        this.operation = operation;
        this.feature = feature;
        this.node = node;
        this.connections = connections;
    }

    /** Refuses a body that is no JSON before it is read. */
    void requireJson(RoutingContext context) {
        RequestFacts.of(context).operation = operation.id();
        HttpServerRequest request = context.request();
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean empty =
                length == null ? !request.headers().contains(HttpHeaders.TRANSFER_ENCODING) : length.equals("0");
        if (empty || isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            context.next();
        } else {
            Problems.answer(context, AppError.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
        }
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.replace(" ", "").toLowerCase(Locale.ROOT);
        return type.equals("application/json")
                || type.equals("application/json;charset=utf-8")
                || type.equals("application/json;charset=\"utf-8\"");
    }

    @Override
    public void handle(RoutingContext context) {
        RequestFacts facts = RequestFacts.of(context);
        facts.operation = operation.id();
        connections.received(context.request().connection());
        Future.succeededFuture()
                .compose(start -> caller(context.request(), facts))
                .compose(caller -> feature.apply(call(context, caller)))
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .map(Encoded::of)
                .onSuccess(answer -> answer.write(context.response()))
                .onFailure(cause -> Problems.answer(context, cause));
    }

    private Future<Optional<Principal>> caller(HttpServerRequest request, RequestFacts facts) {
        Limits limits = node.limits();
        if (operation.access() == Operation.Access.PUBLIC) {
            limits.anonymous(facts.address, operation.id());
            return Future.succeededFuture(Optional.empty());
        }
        String token = token(request);
        Authenticator authenticator = node.authenticator();
        if (operation.access() == Operation.Access.OPERATOR) {
            if (token == null || !authenticator.isOperator(token)) {
                limits.unauthenticated(facts.address);
                throw AppError.of(ErrorCode.UNAUTHENTICATED, "The operator key is needed");
            }
            return Future.succeededFuture(Optional.empty());
        }
        if (token == null) {
            limits.unauthenticated(facts.address);
            throw AppError.of(ErrorCode.UNAUTHENTICATED);
        }
        return authenticator
                .authenticate(token)
                .recover(refused -> refused(refused, facts))
                .map(principal -> {
                    facts.user = principal.user();
                    limits.operation(principal, operation.id());
                    limits.request(principal);
                    return Optional.of(principal);
                });
    }

    /** A bad token counts like none; a failure of ours does not count. */
    private Future<Principal> refused(Throwable cause, RequestFacts facts) {
        if (cause instanceof AppError error && error.code() == ErrorCode.UNAUTHENTICATED) {
            node.limits().unauthenticated(facts.address);
        }
        return Future.failedFuture(cause);
    }

    private static @Nullable String token(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).trim()
                : null;
    }

    private Call call(RoutingContext context, Optional<Principal> caller) {
        RequestFacts facts = RequestFacts.of(context);
        return new VertxCall(
                caller,
                facts.address,
                node.hosts().of(context.request()),
                RequestCheck.check(operation, context),
                node.bus(),
                node.limits());
    }

    /** Encoded while failures still become a problem document. */
    private record Encoded(int status, @Nullable Buffer body) {
        static Encoded of(Answer answer) {
            Object body = answer.body();
            return new Encoded(answer.status(), body == null ? null : Json.encode(body));
        }

        void write(HttpServerResponse response) {
            if (response.ended() || response.closed()) {
                return;
            }
            response.setStatusCode(status);
            if (body == null) {
                response.end();
            } else {
                response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
            }
        }
    }
}

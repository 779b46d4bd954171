package io.parley.server.session;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Request;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * A request of the session port that has passed all checks.
 *
 * @param address of the client, by which connections are counted
 * @param token with which the caller has shown who he is
 */
record EventRequest(
        HttpServerRequest http, Request request, String address, Principal principal, String token, Arrivals arrivals) {
    Optional<JsonNode> parameter(String name) {
        return Optional.ofNullable(request.parameters().get(name));
    }

    /** Completes when the network has taken all of it. */
    Future<Void> answer(int status, Buffer document) {
        if (http.response().closed()) {
            return Future.succeededFuture();
        }
        arrivals.answered(http.connection(), document.length());
        return http.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(document);
    }
}

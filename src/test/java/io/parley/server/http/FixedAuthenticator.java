package io.parley.server.http;

import io.parley.server.auth.Authenticator;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;

/** Knows one person, one operator, and one token for which accounts cannot be looked up. */
final class FixedAuthenticator implements Authenticator {
    static final UUID TENANT = UUID.fromString("00000000-0000-7000-8000-000000000001");
    static final UUID ADA = UUID.fromString("00000000-0000-7000-8000-00000000000a");
    static final String ADAS_TOKEN = "ada";
    static final String OPERATOR_KEY = "an operator key of thirty-two letters";
    static final String TOKEN_WITHOUT_DATABASE = "limbo";

    @Override
    public Future<Principal> authenticate(String accessToken) {
        return switch (accessToken) {
            case ADAS_TOKEN ->
                Future.succeededFuture(new Principal(TENANT, ADA, Instant.now().plusSeconds(60)));
            case TOKEN_WITHOUT_DATABASE -> Future.failedFuture(AppError.unavailable("accounts cannot be looked up"));
            default -> Future.failedFuture(AppError.of(ErrorCode.UNAUTHENTICATED));
        };
    }

    @Override
    public boolean isOperator(String bearer) {
        return bearer.equals(OPERATOR_KEY);
    }
}

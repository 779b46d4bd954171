package io.parley.server.http;

import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where failures of any kind become {@code application/problem+json} (RFC 9457). */
public final class Problems {
    private static final long LINGER_MS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    private record Document(
            String type,
            String title,
            int status,
            String code,
            String detail,
            @Nullable List<FieldError> errors,
            @Nullable Long retryAfterMs) {}

    /** Answers what a handler threw or failed with. */
    static void answer(RoutingContext context, Throwable cause) {
        AppError error = error(RequestFacts.of(context).id, cause);
        var unused = write(context.response(), error);
        if (error.code() == ErrorCode.TOO_LARGE) {
            closeUnread(context);
        }
    }

    private static AppError error(String id, Throwable cause) {
        if (cause instanceof AppError known) {
            return known;
        }
        if (cause instanceof HttpException status) {
            return AppError.of(code(status.getStatusCode()));
        }
        if (cause instanceof TimeoutException) {
            return AppError.unavailable("The part of the system that does this did not answer");
        }
        LOG.error("request {} failed", id, cause);
        return AppError.of(ErrorCode.INTERNAL, "Something went wrong on our side; it has been logged as " + id);
    }

    /**
     * The same for a request that no router has seen.
     *
     * @param id under which the log will have what is no answer but a defect
     */
    public static Future<Void> answer(HttpServerResponse response, String id, Throwable cause) {
        return write(response, error(id, cause));
    }

    /** Answers what the router failed with: an exception of a handler, or a status below 500 for a bad request. */
    static void answerFailure(RoutingContext context) {
        Throwable cause = context.failure();
        int status = context.statusCode();
        answer(context, cause != null && status >= 500 ? cause : AppError.of(code(status)));
    }

    /** Answers what was not even HTTP, before any router. */
    static void answerInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        boolean tooLong = cause != null && cause.getClass().getSimpleName().startsWith("TooLong");
        var unused = write(
                request.response(),
                tooLong
                        ? AppError.of(ErrorCode.TOO_LARGE, "The address or the headers are too long")
                        : AppError.of(ErrorCode.MALFORMED, "This is not HTTP"));
        request.connection().close();
    }

    private static ErrorCode code(int status) {
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 413 -> ErrorCode.TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            default -> status < 500 ? ErrorCode.MALFORMED : ErrorCode.INTERNAL;
        };
    }

    private static Future<Void> write(HttpServerResponse response, AppError error) {
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        ErrorCode code = error.code();
        Buffer document = Json.encode(new Document(
                "/docs/errors.html#" + code.word(),
                code.title(),
                code.httpStatus(),
                code.word(),
                error.detail(),
                error.errors().isEmpty() ? null : error.errors(),
                error.retryAfterMs()));
        Long retryAfterMs = error.retryAfterMs();
        if (retryAfterMs != null) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, Math.ceilDiv(retryAfterMs, 1000))));
        }
        if (code == ErrorCode.UNAUTHENTICATED) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        return response.setStatusCode(code.httpStatus())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
                .end(document);
    }

    /**
     * Nobody goes on reading a body that is refused: without this the sender could send for ever. Closing at once would
     * reset the connection under his hands, and he would never read the answer; so for a moment what he sends is dropped.
     */
    private static void closeUnread(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!request.isEnded()) {
            request.handler(dropped -> {});
            request.resume();
            context.vertx().setTimer(LINGER_MS, ignored -> request.connection().close());
        }
    }
}

package io.parley.bus;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries an {@link AppError} through the bus, whose failures know only a number and a text. */
final class BusErrors {
    private static final Logger LOG = LoggerFactory.getLogger(BusErrors.class);
    private static final int APP_ERROR = 1;

    private BusErrors() {}

    record Wire(
            String code,
            String detail,
            List<AppError.FieldError> errors,
            @Nullable Long retryAfterMs) {}

    static ReplyException toReply(String action, Throwable cause) {
        AppError error;
        if (cause instanceof AppError known) {
            error = known;
        } else {
            LOG.error("action {} failed", action, cause);
            error = AppError.of(ErrorCode.INTERNAL);
        }
        Wire wire = new Wire(error.code().word(), error.detail(), error.errors(), error.retryAfterMs());
        return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, APP_ERROR, Json.text(wire));
    }

    static AppError fromReply(Throwable cause) {
        if (cause instanceof ReplyException reply) {
            if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE && reply.failureCode() == APP_ERROR) {
                Wire wire = Json.decode(Buffer.buffer(String.valueOf(reply.getMessage())), Wire.class);
                return AppError.restored(
                        ErrorCode.ofWord(wire.code()).orElse(ErrorCode.INTERNAL),
                        wire.detail(),
                        wire.errors(),
                        wire.retryAfterMs());
            }
            return AppError.unavailable("The part of the system that does this did not answer");
        }
        return cause instanceof AppError known ? known : AppError.of(ErrorCode.INTERNAL);
    }
}

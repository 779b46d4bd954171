package io.parley.support;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one error that crosses seams: from a store to a feature, over the bus, to a REST answer or an error frame. It
 * carries what the caller may know and nothing else; it has no stack trace, because it is an answer and not a
 * defect. Defects stay ordinary exceptions and become {@link ErrorCode#INTERNAL} at the edge.
 */
public final class AppError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<FieldError> errors;
    private final @Nullable Long retryAfterMs;

    private AppError(ErrorCode code, String detail, List<FieldError> errors, @Nullable Long retryAfterMs) {
        super(detail, null, false, false);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.retryAfterMs = retryAfterMs;
    }

    /** What is wrong with one field: its path ({@code message.text}), a stable word and a sentence. */
    public record FieldError(String field, String code, String detail) {}

    public static AppError of(ErrorCode code) {
        return new AppError(code, code.title(), List.of(), null);
    }

    public static AppError of(ErrorCode code, String detail) {
        return new AppError(code, detail, List.of(), null);
    }

    public static AppError notFound() {
        return of(ErrorCode.NOT_FOUND);
    }

    /** One field is wrong; {@code reason} is one of required, type, format, length, range, unknown, enum. */
    public static AppError field(String field, String reason, String detail) {
        return invalid(List.of(new FieldError(field, reason, detail)));
    }

    public static AppError invalid(List<FieldError> errors) {
        String detail = errors.isEmpty()
                ? ErrorCode.VALIDATION_FAILED.title()
                : errors.getFirst().field() + ": " + errors.getFirst().detail();
        return new AppError(ErrorCode.VALIDATION_FAILED, detail, errors, null);
    }

    /** Nothing is known about the outcome; the caller repeats with the same ids, after a while if told so. */
    public static AppError unavailable(String detail) {
        return new AppError(ErrorCode.UNAVAILABLE, detail, List.of(), 1000L);
    }

    public static AppError rateLimited(long retryAfterMs) {
        return new AppError(ErrorCode.RATE_LIMITED, ErrorCode.RATE_LIMITED.title(), List.of(), retryAfterMs);
    }

    /** Puts together again what came over a seam. */
    public static AppError restored(
            ErrorCode code, String detail, List<FieldError> errors, @Nullable Long retryAfterMs) {
        return new AppError(code, detail, errors, retryAfterMs);
    }

    public ErrorCode code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public List<FieldError> errors() {
        return errors;
    }

    public @Nullable Long retryAfterMs() {
        return retryAfterMs;
    }
}

package io.parley.support;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The closed list of what can go wrong for a caller: the stable word he sees, over REST and the socket alike, and
 * the HTTP status that goes with it. Both contract documents list the same words (checked by ContractTest).
 */
public enum ErrorCode {
    VALIDATION_FAILED(400, "The request does not have the shape that the contract asks for"),
    MALFORMED(400, "The request is not JSON"),
    UNKNOWN_COMMAND(400, "There is no such command"),
    UNAUTHENTICATED(401, "A valid access token is needed"),
    INVALID_CREDENTIALS(401, "The login or the password is wrong"),
    ACCOUNT_SUSPENDED(403, "This account is not active"),
    FORBIDDEN(403, "You may not do this"),
    NOT_A_MEMBER(403, "You are not a member of this conversation"),
    NOT_FOUND(404, "There is nothing here that you may see"),
    METHOD_NOT_ALLOWED(405, "This method does not exist here"),
    CONFLICT(409, "This contradicts what is there"),
    USERNAME_TAKEN(409, "This username is taken"),
    EMAIL_TAKEN(409, "This mail address is taken"),
    LAST_OWNER(409, "A group must keep an owner"),
    TOO_LARGE(413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be application/json"),
    RATE_LIMITED(429, "Too many requests"),
    INTERNAL(500, "Something went wrong on our side"),
    UNAVAILABLE(503, "The service cannot answer now; the outcome is unknown, repeat with the same ids");

    private static final Map<String, ErrorCode> BY_WORD = new HashMap<>();

    static {
        for (ErrorCode code : values()) {
            BY_WORD.put(code.word, code);
        }
    }

    private final String word = name().toLowerCase(Locale.ROOT);
    private final int httpStatus;
    private final String title;

    ErrorCode(int httpStatus, String title) {
        this.httpStatus = httpStatus;
        this.title = title;
    }

    /** The stable word in frames and problem documents, e.g. {@code not_found}. */
    public String word() {
        return word;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** One sentence for a person, the same for every occurrence. */
    public String title() {
        return title;
    }

    public static Optional<ErrorCode> ofWord(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }
}

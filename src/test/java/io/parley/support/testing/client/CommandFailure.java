package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** A command or call that did not do what was asked. */
public final class CommandFailure extends RuntimeException {
    /** Codes of our own, for what the server could not say. */
    public static final String DISCONNECTED = "disconnected";

    public static final String TIMED_OUT = "timed_out";

    private static final long serialVersionUID = 1L;

    private final String code;
    private final int status;
    private final long retryAfterMs;
    private final transient JsonNode body;

    /** @param status of HTTP, 0 on the socket */
    CommandFailure(String code, String detail, int status, long retryAfterMs, JsonNode body) {
        super(code + ": " + detail, null, false, false);
        this.code = code;
        this.status = status;
        this.retryAfterMs = retryAfterMs;
        this.body = body;
    }

    /** From the body of an error frame or a problem document. */
    static CommandFailure of(JsonNode error, int status) {
        return new CommandFailure(
                error.path("code").asText("no_code"),
                error.path("detail").asText(),
                status,
                error.path("retryAfterMs").asLong(0),
                error);
    }

    /** No answer came. */
    static CommandFailure unanswered(String code, String detail) {
        return new CommandFailure(code, detail, 0, 0, MissingNode.getInstance());
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    public long retryAfterMs() {
        return retryAfterMs;
    }

    /** The error as it came. */
    public JsonNode body() {
        return body;
    }

    /** It may have been done nevertheless. */
    public boolean isOutcomeUnknown() {
        return switch (code) {
            case "unavailable", "internal", DISCONNECTED, TIMED_OUT -> true;
            default -> false;
        };
    }

    /** Repeating helps, sooner or later. */
    public boolean isPassing() {
        return isOutcomeUnknown() || code.equals("rate_limited");
    }
}

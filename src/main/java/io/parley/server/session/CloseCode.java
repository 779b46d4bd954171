package io.parley.server.session;

/** Close codes of the protocol (RFC 6455 section 7.4; 4000 and above are private use). */
public enum CloseCode {
    PROTOCOL_ERROR(1002, "no WebSocket frame"),
    GOING_AWAY(1012, "node is going, reconnect"),
    BAD_FRAMES(4400, "too many frames that are no commands"),
    UNAUTHENTICATED(4401, "not or no longer authenticated"),
    TOO_SLOW(4408, "too slow, resume"),
    REPLACED(4409, "replaced by a newer session"),
    FRAME_TOO_LARGE(4413, "frame too large"),
    TOO_MANY_REQUESTS(4429, "too many requests");

    private final short number;
    private final String reason;

    CloseCode(int number, String reason) {
        this.number = (short) number;
        this.reason = reason;
    }

    public short number() {
        return number;
    }

    public String reason() {
        return reason;
    }
}

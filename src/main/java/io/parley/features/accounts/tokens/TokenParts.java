package io.parley.features.accounts.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a token says of itself, before anything of it is believed: enough to choose the key. Refuses all that no token
 * of ours or of an issuer has: another number of parts, fields given twice, keys brought along, extensions that must
 * be understood.
 */
record TokenParts(JsonNode header, JsonNode payload) {
    private static final int MAX_CHARS = 8192;
    private static final int PARTS = 3;

    /** Later times the database need not understand. */
    private static final long LAST_SECOND = Integer.MAX_VALUE * 2L;

    private static final List<String> KEYS_BROUGHT_ALONG = List.of("jku", "jwk", "x5u", "x5c", "crit");

    /** @throws AppError {@code unauthenticated} */
    static TokenParts parse(String token) {
        String[] parts = token.length() > MAX_CHARS ? new String[0] : token.split("\\.", -1);
        if (parts.length != PARTS || parts[PARTS - 1].isEmpty()) {
            throw unauthenticated();
        }
        TokenParts read = new TokenParts(object(parts[0]), object(parts[1]));
        for (String name : KEYS_BROUGHT_ALONG) {
            if (read.header.has(name)) {
                throw unauthenticated();
            }
        }
        return read;
    }

    private static JsonNode object(String part) {
        try {
            JsonNode tree = Json.parse(Base64.getUrlDecoder().decode(part));
            if (tree.isObject()) {
                return tree;
            }
        } catch (IllegalArgumentException | AppError notJson) {
            // falls through to the one answer below
        }
        throw unauthenticated();
    }

    /** The algorithm, or an empty text. */
    String algorithm() {
        return text(header, "alg");
    }

    /** The id of the key, or an empty text. */
    String kid() {
        return text(header, "kid");
    }

    /** The issuer, or an empty text. */
    String issuer() {
        return text(payload, "iss");
    }

    private static String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() ? value.textValue() : "";
    }

    /** When a token with this payload was issued; null when it says nothing of use. */
    static @Nullable Instant issuedAt(JsonNode payload) {
        long seconds = payload.path("iat").asLong(-1);
        return seconds < 0 || seconds > LAST_SECOND ? null : Instant.ofEpochSecond(seconds);
    }

    static AppError unauthenticated() {
        return AppError.of(ErrorCode.UNAUTHENTICATED);
    }
}

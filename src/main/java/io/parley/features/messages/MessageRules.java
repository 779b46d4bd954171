package io.parley.features.messages;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.parley.support.Texts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** What may be sent, and how it is kept. */
final class MessageRules {
    /** Half of a SHA-256: enough to tell a repetition from another message with the same id. */
    private static final int FINGERPRINT_BYTES = 16;

    private final int maxTextBytes;

    /** @param maxTextBytes in UTF-8 */
    MessageRules(int maxTextBytes) {
        this.maxTextBytes = maxTextBytes;
    }

    /** Content as stored: the JSON text of the type. */
    private record Text(String text) {}

    /**
     * @throws AppError {@code validation_failed} or {@code too_large}
     */
    String content(String type, String text) {
        if (!type.equals(MessageView.TEXT)) {
            throw AppError.field("message.type", "enum", "must be text");
        }
        if (text.isBlank()) {
            throw AppError.field("message.text", "length", "must not be blank");
        }
        Texts.requireStorable("message.text", text);
        // A char is at least one byte, so that only what is near the limit needs encoding to be measured.
        if (text.length() > maxTextBytes || Texts.utf8Length(text) > maxTextBytes) {
            throw AppError.of(ErrorCode.TOO_LARGE, "A message may have " + maxTextBytes + " bytes of UTF-8");
        }
        return Json.text(new Text(text));
    }

    static byte[] fingerprint(String type, String content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(type.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return Arrays.copyOf(digest.digest(content.getBytes(StandardCharsets.UTF_8)), FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}

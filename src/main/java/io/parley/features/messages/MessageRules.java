package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.parley.support.Texts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be sent, and how it is kept. */
public final class MessageRules {
    /** Half of a SHA-256: enough to tell a repetition from another message with the same id. */
    private static final int FINGERPRINT_BYTES = 16;

    /** Two messages that differ in their ids alone say the same. */
    private static final UUID NO_ID = new UUID(0, 0);

    private final int maxTextBytes;

    /** @param maxTextBytes in UTF-8 */
    public MessageRules(int maxTextBytes) {
        this.maxTextBytes = maxTextBytes;
    }

    /**
     * What a draft says, without what must be looked up first: the fields of the stored content.
     *
     * @throws AppError {@code validation_failed} or {@code too_large}
     */
    public Map<String, JsonNode> content(MessageDraft draft) {
        return switch (draft.type()) {
            case MessageView.TEXT -> {
                refusePresent("forward", draft.forward());
                yield text(draft.text(), draft.mentions());
            }
            case MessageView.FORWARD -> {
                if (draft.forward() == null) {
                    throw AppError.field("message.forward", "required", "is missing");
                }
                refusePresent("text", draft.text());
                refusePresent("mentions", draft.mentions());
                refusePresent("replyTo", draft.replyTo());
                yield Map.of();
            }
            default -> throw AppError.field("message.type", "enum", "must be text or forward");
        };
    }

    private static void refusePresent(String field, @Nullable Object value) {
        if (value != null) {
            throw AppError.field("message." + field, "unknown", "is not a field of this type");
        }
    }

    /**
     * The content of a text message, also when it is edited, without its mentions.
     *
     * @param mentions that the client names
     * @throws AppError {@code validation_failed} or {@code too_large}
     */
    Map<String, JsonNode> text(@Nullable String text, @Nullable List<MessageDraft.NewMention> mentions) {
        if (text == null) {
            throw AppError.field("message.text", "required", "is missing");
        }
        if (text.isBlank()) {
            throw AppError.field("message.text", "length", "must not be blank");
        }
        Texts.requireStorable("message.text", text);
        // A char is at least one byte, so that only what is near the limit needs encoding to be measured.
        if (text.length() > maxTextBytes || Texts.utf8Length(text) > maxTextBytes) {
            throw AppError.of(ErrorCode.TOO_LARGE, "A message may have " + maxTextBytes + " bytes of UTF-8");
        }
        if (mentions != null) {
            MentionRules.requireFit(mentions, text);
        }
        return Map.of(MessageView.TEXT, TextNode.valueOf(text));
    }

    /** Of what the sender said, not of what was made of it. */
    static byte[] fingerprint(MessageDraft draft) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Json.text(draft.withId(NO_ID)).getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(digest.digest(), FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}

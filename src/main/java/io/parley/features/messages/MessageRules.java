package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.features.expiry.Lifetimes;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.parley.support.Texts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
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
    private final ContentRules others;
    private final Lifetimes lifetimes;

    public MessageRules(Config.Limits limits) {
        this(limits, Clock.systemUTC());
    }

    MessageRules(Config.Limits limits, Clock clock) {
        this.maxTextBytes = limits.textBytes();
        this.others = new ContentRules(clock, Duration.ofHours(limits.liveLocationHours()));
        this.lifetimes = Lifetimes.of(limits);
    }

    /**
     * What a draft says, without what must be looked up first: the fields of the stored content.
     *
     * @throws AppError {@code validation_failed} or {@code too_large}
     */
    public Map<String, JsonNode> content(MessageDraft draft) {
        refuseForeign(draft);
        lifetimes.require("message.disappearAfter", draft.disappearAfter());
        return switch (draft.type()) {
            case MessageView.TEXT -> text(draft.text(), draft.mentions(), draft.preview());
            case MessageView.CODE -> ContentRules.code(draft.language(), text(draft.text(), null, null));
            case MessageView.LOCATION -> others.location(required("location", draft.location()));
            case MessageView.CONTACT -> ContentRules.contact(required("contact", draft.contact()));
            case MessageView.POLL -> others.poll(required("poll", draft.poll()));
            case MessageView.FORWARD -> {
                required("forward", draft.forward());
                yield Map.of();
            }
            default ->
                throw AppError.field("message.type", "enum", "must be text, code, location, contact, poll or forward");
        };
    }

    /** What belongs to another type says that something else was meant. */
    private static void refuseForeign(MessageDraft draft) {
        String type = draft.type();
        boolean isText = type.equals(MessageView.TEXT);
        boolean isCode = type.equals(MessageView.CODE);
        refuse(!isText && !isCode, "text", draft.text());
        refuse(!isText, "mentions", draft.mentions());
        refuse(!isText, "preview", draft.preview());
        refuse(!isCode, "language", draft.language());
        refuse(!type.equals(MessageView.LOCATION), "location", draft.location());
        refuse(!type.equals(MessageView.CONTACT), "contact", draft.contact());
        refuse(!type.equals(MessageView.POLL), "poll", draft.poll());
        refuse(!type.equals(MessageView.FORWARD), "forward", draft.forward());
        refuse(type.equals(MessageView.FORWARD), "replyTo", draft.replyTo());
    }

    private static void refuse(boolean foreign, String field, @Nullable Object value) {
        if (foreign && value != null) {
            throw AppError.field("message." + field, "unknown", "is not a field of this type");
        }
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw AppError.field("message." + field, "required", "is missing");
        }
        return value;
    }

    /**
     * The content of a text message or of code, also when it is edited, without its mentions.
     *
     * @param mentions that the client names
     * @param preview whether its links may have previews; null: unless it was said before, they may
     * @throws AppError {@code validation_failed} or {@code too_large}
     */
    Map<String, JsonNode> text(
            @Nullable String said, @Nullable List<MessageDraft.NewMention> mentions, @Nullable Boolean preview) {
        String text = required("text", said);
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
        return preview == null
                ? Map.of(MessageView.TEXT, TextNode.valueOf(text))
                : Map.of(MessageView.TEXT, TextNode.valueOf(text), MessageView.PREVIEW, BooleanNode.valueOf(preview));
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

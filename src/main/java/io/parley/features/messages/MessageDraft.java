package io.parley.features.messages;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as its sender says it; {@code NewMessage} in the contract.
 *
 * @param id made by the client, so that sending may be repeated; null: one is made here
 * @param mentions null: they are found in the text
 * @param replyTo the message of the same conversation that this one answers
 * @param forward the message to be forwarded; of type {@code forward} only, which has nothing else
 */
public record MessageDraft(
        @Nullable UUID id,
        String type,
        @Nullable String text,
        @Nullable List<NewMention> mentions,
        @Nullable UUID replyTo,
        @Nullable Source forward) {
    /** Somebody whom the client names as mentioned: a user, or {@code all} or {@code here}. */
    public record NewMention(@Nullable UUID user, @Nullable String everybody, int offset, int length) {}

    /** A message of any conversation that the sender may read. */
    public record Source(UUID conversation, UUID message) {}

    public static MessageDraft text(UUID id, String text) {
        return new MessageDraft(id, MessageView.TEXT, text, null, null, null);
    }

    public MessageDraft withId(UUID given) {
        return new MessageDraft(given, type, text, mentions, replyTo, forward);
    }
}

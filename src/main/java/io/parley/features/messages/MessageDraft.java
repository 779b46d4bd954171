package io.parley.features.messages;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as its sender says it; {@code NewMessage} in the contract. Which of the fields there may be goes by the type.
 *
 * @param id made by the client, so that sending may be repeated; null: one is made here
 * @param text of a text or of code
 * @param mentions null: they are found in the text
 * @param replyTo the message of the same conversation that this one answers
 * @param forward the message to be forwarded; of type {@code forward} only, which has nothing else
 * @param preview false: its links get no previews; null: true
 * @param disappearAfter seconds for which it may be read, counted from the sending; null: as long as the timer of the
 *     conversation says
 * @param language that code is written in
 */
public record MessageDraft(
        @Nullable UUID id,
        String type,
        @Nullable String text,
        @Nullable List<NewMention> mentions,
        @Nullable UUID replyTo,
        @Nullable Source forward,
        @Nullable Boolean preview,
        @Nullable Integer disappearAfter,
        @Nullable String language,
        @Nullable NewLocation location,
        @Nullable NewContact contact,
        @Nullable NewPoll poll) {
    /** Somebody whom the client names as mentioned: a user, or {@code all} or {@code here}. */
    public record NewMention(@Nullable UUID user, @Nullable String everybody, int offset, int length) {}

    /** A message of any conversation that the sender may read. */
    public record Source(UUID conversation, UUID message) {}

    /**
     * @param latitude in degrees, to the north
     * @param longitude in degrees, to the east
     * @param liveUntil null: it stays as it is
     */
    public record NewLocation(
            Double latitude,
            Double longitude,
            @Nullable String address,
            @Nullable Instant liveUntil) {}

    /**
     * A card, either of a person of the tenant or of somebody with whom one can get in touch otherwise.
     *
     * @param name given with a card of the second kind only
     */
    public record NewContact(
            @Nullable UUID user,
            @Nullable String name,
            @Nullable List<String> phones,
            @Nullable List<String> emails) {}

    /**
     * @param options in the order in which they are shown; votes name them by their places, from 0
     * @param multiple whether one may choose several; null: false
     * @param anonymous whether nobody is told who has voted for what; null: false
     * @param closesAt null: it stays open until somebody closes it
     */
    public record NewPoll(
            String question,
            List<String> options,
            @Nullable Boolean multiple,
            @Nullable Boolean anonymous,
            @Nullable Instant closesAt) {}

    /** A draft of a text, or of what is forwarded. */
    public MessageDraft(
            @Nullable UUID id,
            String type,
            @Nullable String text,
            @Nullable List<NewMention> mentions,
            @Nullable UUID replyTo,
            @Nullable Source forward,
            @Nullable Boolean preview,
            @Nullable Integer disappearAfter) {
        this(id, type, text, mentions, replyTo, forward, preview, disappearAfter, null, null, null, null);
    }

    public static MessageDraft text(UUID id, String text) {
        return new MessageDraft(id, MessageView.TEXT, text, null, null, null, null, null);
    }

    public MessageDraft withId(UUID given) {
        return new MessageDraft(
                given,
                type,
                text,
                mentions,
                replyTo,
                forward,
                preview,
                disappearAfter,
                language,
                location,
                contact,
                poll);
    }
}

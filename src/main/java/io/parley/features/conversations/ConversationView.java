package io.parley.features.conversations;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.messages.MessageView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as one of its members sees it.
 *
 * @param common what is the same for all of them
 * @param lastMessage null before the first, and when it is deleted
 * @param preview what the last message says, in one line; null when it has no text
 * @param mentions unread messages that mention the one who asks
 * @param role of the one who asks, as are {@code customRole}, {@code silencedUntil}, {@code unread} and {@code
 *     readNumber}
 * @param members both people of a direct conversation, else null
 * @param peer the other person of a direct conversation (of notes to oneself: oneself), else null
 * @param settings what the one who asks has set for himself; what is as by default is not there
 * @param archived whether it is in his archive now
 */
public record ConversationView(
        @JsonUnwrapped ConversationSettings common,
        long lastNumber,
        long lastVersion,
        @Nullable MessageView lastMessage,
        @Nullable String preview,
        long unread,
        long mentions,
        String role,
        @Nullable UUID customRole,
        @Nullable Instant silencedUntil,
        long readNumber,
        @Nullable List<MemberName> members,
        @Nullable UUID peer,
        JsonNode settings,
        boolean archived) {
    public UUID id() {
        return common.id();
    }

    public @Nullable String name() {
        return common.name();
    }

    public int memberCount() {
        return common.memberCount();
    }
}

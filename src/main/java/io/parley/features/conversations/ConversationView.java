package io.parley.features.conversations;

import io.parley.features.messages.MessageView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as one of its members sees it.
 *
 * @param lastMessage null before the first
 * @param mentions unread messages that mention the one who asks
 * @param role of the one who asks, as are {@code unread} and {@code readNumber}
 * @param members both people of a direct conversation, else null
 * @param parent of a thread, else null
 * @param peer the other person of a direct conversation (of notes to oneself: oneself), else null
 */
public record ConversationView(
        UUID id,
        String type,
        @Nullable String name,
        String visibility,
        String history,
        @Nullable UUID createdBy,
        Instant createdAt,
        int memberCount,
        long lastNumber,
        long lastVersion,
        @Nullable MessageView lastMessage,
        long unread,
        long mentions,
        String role,
        long readNumber,
        @Nullable List<MemberName> members,
        @Nullable UUID peer,
        ConversationSettings.@Nullable Parent parent) {}

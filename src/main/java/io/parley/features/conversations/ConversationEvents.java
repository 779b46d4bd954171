package io.parley.features.conversations;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of conversations and their members, as finished frames. */
public final class ConversationEvents {
    public static final String CREATED = "conversation.created";
    public static final String UPDATED = "conversation.updated";
    public static final String DELETED = "conversation.deleted";
    public static final String MEMBER_ADDED = "member.added";
    public static final String MEMBER_REMOVED = "member.removed";
    public static final String MEMBER_UPDATED = "member.updated";
    public static final String GAINED = "conversation.gained";
    public static final String LOST = "conversation.lost";
    public static final String PERSONAL = "personal";

    /** A conversation's first event names no more of its members. */
    private static final int MOST_NAMED = 100;

    private ConversationEvents() {}

    private record Created(String type, UUID conversation, long version, NewConversation data) {}

    private record NewConversation(@JsonUnwrapped ConversationSettings settings, List<MemberName> members) {}

    private record Updated(String type, UUID conversation, long version, JsonNode data, UUID actor) {}

    private record Deleted(String type, UUID conversation, long version) {}

    private record MemberAdded(String type, UUID conversation, long version, List<MemberView> members, UUID actor) {}

    private record MemberRemoved(String type, UUID conversation, long version, List<UUID> users, UUID actor) {}

    private record MemberUpdated(String type, UUID conversation, long version, List<MemberView> members, UUID actor) {}

    private record Gained(
            String type, UUID conversation, long userVersion, long lastNumber, long lastVersion, String role) {}

    private record Lost(String type, UUID conversation, long userVersion, long lastVersion) {}

    private record Personal(
            String type,
            long after,
            long userVersion,
            List<HeadEntry> changed,
            @Nullable List<String> lists) {}

    /** Where a conversation is now, or with which version it was lost. */
    record HeadEntry(
            UUID conversation,
            @Nullable Long lastNumber,
            @Nullable Long lastVersion,
            @Nullable Long readNumber,
            @Nullable JsonNode settings,
            @Nullable Boolean removed) {
        static HeadEntry lost(UUID conversation, long lastVersion) {
            return new HeadEntry(conversation, null, lastVersion, null, null, true);
        }
    }

    static Buffer created(ConversationSettings settings, List<MemberName> members) {
        NewConversation data = new NewConversation(settings, members.subList(0, Math.min(MOST_NAMED, members.size())));
        return Json.encode(new Created(CREATED, settings.id(), 1, data));
    }

    /** @param changed the settings that are different now, null for what has been taken away */
    static Buffer updated(UUID conversation, long version, JsonNode changed, UUID actor) {
        return Json.encode(new Updated(UPDATED, conversation, version, changed, actor));
    }

    static Buffer memberAdded(UUID conversation, long version, List<MemberView> members, UUID actor) {
        return Json.encode(new MemberAdded(MEMBER_ADDED, conversation, version, members, actor));
    }

    static Buffer memberRemoved(UUID conversation, long version, List<UUID> users, UUID actor) {
        return Json.encode(new MemberRemoved(MEMBER_REMOVED, conversation, version, users, actor));
    }

    static Buffer memberUpdated(UUID conversation, long version, List<MemberView> members, UUID actor) {
        return Json.encode(new MemberUpdated(MEMBER_UPDATED, conversation, version, members, actor));
    }

    static Buffer gained(UUID conversation, long userVersion, long lastNumber, long lastVersion, String role) {
        return Json.encode(new Gained(GAINED, conversation, userVersion, lastNumber, lastVersion, role));
    }

    /** Nobody is in it any more. */
    public static Buffer deleted(UUID conversation, long version) {
        return Json.encode(new Deleted(DELETED, conversation, version));
    }

    public static Buffer lost(UUID conversation, long userVersion, long lastVersion) {
        return Json.encode(new Lost(LOST, conversation, userVersion, lastVersion));
    }

    static Buffer personal(long after, long userVersion, List<HeadEntry> changed, List<String> lists) {
        return Json.encode(new Personal(PERSONAL, after, userVersion, changed, lists.isEmpty() ? null : lists));
    }
}

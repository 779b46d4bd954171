package io.parley.features.messages;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of messages, as finished frames. */
public final class MessageEvents {
    public static final String CREATED = "message.created";
    public static final String UPDATED = "message.updated";
    public static final String DELETED = "message.deleted";

    /** Stands for all versions in a range, as a state. */
    public static final String CHANGES = "changes";

    private MessageEvents() {}

    private record Created(String type, UUID conversation, long version, MessageView message) {}

    private record Changed(
            String type,
            UUID conversation,
            long version,
            MessageView message,
            @Nullable UUID actor) {}

    public static Buffer created(MessageView message) {
        return Json.encode(new Created(CREATED, message.conversation(), message.version(), message));
    }

    /** @param actor whose doing it is; null: the server's own */
    public static Buffer updated(MessageView message, @Nullable UUID actor) {
        return Json.encode(new Changed(UPDATED, message.conversation(), message.version(), message, actor));
    }

    private record Expired(String type, UUID conversation, long version, String reason, List<MessageView> messages) {}

    /** @param messages the tombstones of those that have disappeared together */
    public static Buffer expired(List<MessageView> messages) {
        MessageView first = messages.getFirst();
        return Json.encode(new Expired(DELETED, first.conversation(), first.version(), "expired", messages));
    }

    static Buffer deleted(MessageView message, UUID actor) {
        return Json.encode(new Changed(DELETED, message.conversation(), message.version(), message, actor));
    }
}

package io.parley.features.messages;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** The events of messages, as finished frames. */
public final class MessageEvents {
    public static final String CREATED = "message.created";

    /** Stands for all versions in a range, as a state. */
    public static final String CHANGES = "changes";

    private MessageEvents() {}

    private record Created(String type, UUID conversation, long version, MessageView message) {}

    public static Buffer created(MessageView message) {
        return Json.encode(new Created(CREATED, message.conversation(), message.version(), message));
    }
}

package io.parley.features.typing;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/** The event of typing, as a finished frame. */
public final class TypingEvents {
    public static final String TYPING = "typing";

    private TypingEvents() {}

    record One(UUID user, boolean active) {}

    private record Frame(String type, UUID conversation, List<One> users) {}

    static Buffer typing(UUID conversation, List<One> users) {
        return Json.encode(new Frame(TYPING, conversation, users));
    }
}

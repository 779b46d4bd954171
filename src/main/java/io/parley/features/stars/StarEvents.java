package io.parley.features.stars;

import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of stars, as finished frames. */
public final class StarEvents {
    public static final String ADDED = "star.added";
    public static final String REMOVED = "star.removed";

    private StarEvents() {}

    private record Event(
            String type,
            UUID conversation,
            long userVersion,
            UUID message,
            long number,
            @Nullable Instant starredAt) {}

    static Buffer added(UUID conversation, long userVersion, UUID message, long number, Instant starredAt) {
        return Json.encode(new Event(ADDED, conversation, userVersion, message, number, starredAt));
    }

    static Buffer removed(UUID conversation, long userVersion, UUID message, long number) {
        return Json.encode(new Event(REMOVED, conversation, userVersion, message, number, null));
    }
}

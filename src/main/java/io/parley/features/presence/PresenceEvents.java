package io.parley.features.presence;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The event of presence, as a finished frame. */
public final class PresenceEvents {
    public static final String PRESENCE = "presence";

    private PresenceEvents() {}

    /**
     * How somebody stands for one who looks.
     *
     * @param lastSeen of those who are offline, if it is known
     */
    public record Seen(UUID user, String status, @Nullable Instant lastSeen) {}

    private record Presence(String type, List<Seen> users) {}

    static Seen seen(Standing standing, UUID viewer) {
        String status = viewer.equals(standing.user()) ? standing.own() : standing.status();
        Long lastSeen = status.equals(Status.OFFLINE.word()) ? standing.lastSeen() : null;
        return new Seen(standing.user(), status, lastSeen == null ? null : Instant.ofEpochMilli(lastSeen));
    }

    static Buffer presence(List<Seen> users) {
        return Json.encode(new Presence(PRESENCE, users));
    }
}

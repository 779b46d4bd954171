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
     * @param lastSeen of those who are offline, if it is known and they let him see it
     */
    public record Seen(UUID user, String status, @Nullable Instant lastSeen) {}

    private record Presence(String type, List<Seen> users) {}

    /** Those who hide from him are to him like people whom the server does not know. */
    static Seen seen(Standing standing, UUID viewer, Veil veil) {
        boolean self = viewer.equals(standing.user());
        boolean unknown = standing.status().equals(Status.UNKNOWN.word());
        if (!self && !unknown && (!veil.known() || veil.hides(standing.user()))) {
            return new Seen(standing.user(), (veil.known() ? Status.OFFLINE : Status.UNKNOWN).word(), null);
        }
        String status = self ? standing.own() : standing.status();
        boolean told = status.equals(Status.OFFLINE.word()) && (self || veil.showsLastSeen(standing));
        Long lastSeen = told ? standing.lastSeen() : null;
        return new Seen(standing.user(), status, lastSeen == null ? null : Instant.ofEpochMilli(lastSeen));
    }

    static Buffer presence(List<Seen> users) {
        return Json.encode(new Presence(PRESENCE, users));
    }
}

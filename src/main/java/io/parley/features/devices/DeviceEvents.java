package io.parley.features.devices;

import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.bus.Closing;
import io.parley.bus.PersonalFrame;
import io.parley.features.devices.DeviceActions.DeviceSession;
import io.parley.support.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a person's sessions are told about his log-ins. Each change is one of the list {@code sessions}. */
public final class DeviceEvents {
    public static final String SESSION_STARTED = "session.started";
    public static final String SESSION_ENDED = "session.ended";

    private DeviceEvents() {}

    /** Why a log-in has ended, other than by time or with the account. */
    public enum EndReason {
        LOGOUT,
        REUSE,
        REVOKED,
        REPLACED;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The frame {@code session.started}. */
    public record SessionStarted(String type, long userVersion, DeviceSession session) {}

    /** The frame {@code session.ended}. */
    public record SessionEnded(String type, long userVersion, List<UUID> sessions, EndReason reason) {}

    public static PersonalFrame started(UUID user, long userVersion, DeviceSession session) {
        return new PersonalFrame(
                user,
                userVersion,
                Closing.NONE,
                Json.encode(new SessionStarted(SESSION_STARTED, userVersion, session)));
    }

    /** Ends the WebSockets of these log-ins. */
    public static PersonalFrame ended(UUID user, long userVersion, List<UUID> logins, EndReason reason) {
        return ended(user, userVersion, logins, null, reason);
    }

    /** @param tokensUntil WebSockets opened with tokens of no log-in issued until then end, too */
    static PersonalFrame ended(
            UUID user, long userVersion, List<UUID> logins, @Nullable Instant tokensUntil, EndReason reason) {
        return new PersonalFrame(
                user,
                userVersion,
                Closing.of(logins, tokensUntil),
                Json.encode(new SessionEnded(SESSION_ENDED, userVersion, logins, reason)));
    }
}

package io.parley.features.devices;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.server.auth.Device;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about log-ins; answered beside the database. */
public final class DeviceActions {
    public static final Action<Of, Logins> LIST = Action.of("devices.list", Of.class, Logins.class);

    /** {@code not_found}: no log-in of this person; one that has ended is ended. */
    public static final Action<End, Nothing> END = Action.of("devices.end", End.class, Nothing.class);

    public static final Action<EndAll, Nothing> END_ALL = Action.of("devices.endAll", EndAll.class, Nothing.class);

    /** Log-ins are in use, on devices that have perhaps said more of themselves. */
    public static final Action<Sightings, Nothing> NOTE = Action.of("devices.note", Sightings.class, Nothing.class);

    private DeviceActions() {}

    public record Of(UUID tenant, UUID user) {}

    /** Those that have not ended, used last first. */
    public record Logins(List<DeviceSession> items) {}

    /**
     * A log-in.
     *
     * @param address the network that it was last refreshed from
     * @param lastActiveAt up to five minutes late
     * @param current whether it is the asker's
     * @param connected whether there is a WebSocket; null: not every node has said
     */
    public record DeviceSession(
            UUID id,
            @Nullable Device device,
            @Nullable String address,
            Instant createdAt,
            Instant lastActiveAt,
            Instant expiresAt,
            boolean current,
            @Nullable Boolean connected) {
        DeviceSession seen(@Nullable UUID asker, @Nullable Boolean connection) {
            return new DeviceSession(
                    id, device, address, createdAt, lastActiveAt, expiresAt, id.equals(asker), connection);
        }
    }

    public record End(UUID tenant, UUID user, UUID login) {}

    /**
     * @param kept the one log-in that does not end
     * @param tokens whether tokens of no log-in end as well
     */
    public record EndAll(UUID tenant, UUID user, @Nullable UUID kept, boolean tokens) {}

    public record Sightings(List<Sighting> logins) {}

    /**
     * @param login of a verified token
     * @param device what its client says; null: nothing new
     */
    public record Sighting(
            UUID tenant, UUID login, @Nullable Device device) {}
}

package io.parley.server.auth;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person who has shown a valid access token.
 *
 * @param device what is known of the device that he has logged in on; null: nothing, as with every token of no log-in
 * @param expiresAt when the token stops being valid; a session must have renewed by then
 */
public record Principal(
        UUID tenant, UUID user, Origin origin, @Nullable Device device, Instant expiresAt) {
    /** With a token of no log-in, as old as can be. */
    public Principal(UUID tenant, UUID user, Instant expiresAt) {
        this(tenant, user, Origin.issued(null), null, expiresAt);
    }
}

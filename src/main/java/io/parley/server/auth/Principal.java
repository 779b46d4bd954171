package io.parley.server.auth;

import java.time.Instant;
import java.util.UUID;

/**
 * A person who has shown a valid access token.
 *
 * @param expiresAt when the token stops being valid; a session must have renewed by then
 */
public record Principal(UUID tenant, UUID user, Instant expiresAt) {}

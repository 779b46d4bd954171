package io.parley.features.accounts.tokens;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an access token of ours says.
 *
 * @param session the log-in that it comes from; null when the operator had it issued
 */
public record AccessClaims(
        UUID tenant,
        UUID user,
        @Nullable UUID session,
        @Nullable Instant issuedAt,
        Instant expiresAt) implements Bearer {}

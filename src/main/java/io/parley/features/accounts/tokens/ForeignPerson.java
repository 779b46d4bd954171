package io.parley.features.accounts.tokens;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a token of a trusted issuer says: who the person is there, and what he may be called here. Nothing but issuer
 * and subject identifies him.
 *
 * @param tenant slug of the tenant that the issuer's people belong to
 */
public record ForeignPerson(
        String issuer,
        String tenant,
        String subject,
        @Nullable String username,
        @Nullable String name,
        @Nullable String email,
        @Nullable Instant issuedAt,
        Instant expiresAt)
        implements Bearer {}

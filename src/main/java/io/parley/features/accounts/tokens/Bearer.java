package io.parley.features.accounts.tokens;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whom a verified access token stands for: a person of ours, or one of a trusted issuer. */
public sealed interface Bearer permits AccessClaims, ForeignPerson {
    /** When the token was issued; null: it does not say. */
    @Nullable
    Instant issuedAt();

    /** When the token stops being valid. */
    Instant expiresAt();
}

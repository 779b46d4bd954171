package io.parley.features.accounts.tokens;

import java.time.Instant;

/** Whom a verified access token stands for: a person of ours, or one of a trusted issuer. */
public sealed interface Bearer permits AccessClaims, ForeignPerson {
    /** When the token stops being valid. */
    Instant expiresAt();
}

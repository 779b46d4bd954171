package io.parley.server.auth;

import io.parley.bus.Closing;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an access token comes from, which decides what ends it before it expires: the log-in that it belongs to, or,
 * when it belongs to none (of a trusted issuer, of the operator's call), when it was issued.
 *
 * @param login null: none
 * @param issuedAt null: with a log-in it does not matter
 */
public record Origin(@Nullable UUID login, @Nullable Instant issuedAt) {
    public static Origin login(UUID login) {
        return new Origin(login, null);
    }

    /** A token of no log-in. One that does not say when it was issued counts as the oldest of all. */
    public static Origin issued(@Nullable Instant at) {
        return new Origin(null, at == null ? Instant.EPOCH : at);
    }

    /** Whether this ends what was opened with the token. */
    public boolean endedBy(Closing closing) {
        if (closing.all() || login != null) {
            return closing.all() || closing.logins().contains(login);
        }
        return closing.tokensUntil() != null && issuedAt != null && !issuedAt.isAfter(closing.tokensUntil());
    }
}

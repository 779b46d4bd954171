package io.parley.bus;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which of a person's sessions an event ends. It says by what they were opened, never since when, so that it may come
 * late: who has logged in again meanwhile stays.
 *
 * @param all whatever they were opened with: the account is not active any more
 * @param logins those opened with access tokens of these log-ins
 * @param tokensUntil those opened with access tokens of no log-in that were issued until then
 */
public record Closing(
        boolean all, List<UUID> logins, @Nullable Instant tokensUntil) {
    public static final Closing NONE = new Closing(false, List.of(), null);
    public static final Closing ALL = new Closing(true, List.of(), null);

    public static Closing of(List<UUID> logins, @Nullable Instant tokensUntil) {
        return logins.isEmpty() && tokensUntil == null ? NONE : new Closing(false, logins, tokensUntil);
    }
}

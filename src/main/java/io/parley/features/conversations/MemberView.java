package io.parley.features.conversations;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A membership as other members see it; of one that has ended only user, active and version are told.
 *
 * @param version of the last change of this membership
 * @param fromNumber the first message of the present membership
 */
public record MemberView(
        UUID user,
        @Nullable String role,
        boolean active,
        long version,
        @Nullable Instant joinedAt,
        @Nullable Long fromNumber) {
    /** A membership that has ended. */
    public static MemberView gone(UUID user, long version) {
        return new MemberView(user, null, false, version, null, null);
    }
}

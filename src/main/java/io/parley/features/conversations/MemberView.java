package io.parley.features.conversations;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A membership as other members see it, as {@code member_view} tells it; of one that has ended only user, active and
 * version are told. The last three are in lists only, and when he left only of those who have.
 *
 * @param version of the last change of this membership
 * @param fromNumber the first message of the present membership
 * @param customRole what he may do beside his role
 * @param creator whether he has made the conversation
 * @param lastSeenAt when he last read here; null also when he does not let the reader know
 */
public record MemberView(
        UUID user,
        @Nullable String role,
        boolean active,
        long version,
        @Nullable Instant joinedAt,
        @Nullable Long fromNumber,
        @Nullable UUID invitedBy,
        @Nullable UUID customRole,
        @Nullable Instant silencedUntil,
        @Nullable Boolean creator,
        @Nullable Instant lastSeenAt,
        @Nullable Instant leftAt) {}

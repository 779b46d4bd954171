package io.parley.features.invites;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.Changing;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about invite links. Those that write are asked with the conversation as key. */
public final class InviteActions {
    public static final Action<NewInvite, Invite> CREATE = Action.of("invites.create", NewInvite.class, Invite.class);
    public static final Action<RevokeInvite, Nothing> REVOKE =
            Action.of("invites.revoke", RevokeInvite.class, Nothing.class);
    public static final Action<ListInvites, Invites> LIST = Action.of("invites.list", ListInvites.class, Invites.class);

    /** What a token leads to; each time counts as a try. */
    public static final Action<Look, Preview> LOOK = Action.of("invites.look", Look.class, Preview.class);

    /** Answered also when he is in already. */
    public static final Action<Accept, Nothing> ACCEPT = Action.of("invites.accept", Accept.class, Nothing.class);

    private InviteActions() {}

    /** @param maxUses null: any number */
    public record NewInvite(
            UUID tenant,
            UUID actor,
            UUID conversation,
            UUID id,
            String role,
            @Nullable Instant expiresAt,
            @Nullable Integer maxUses) {}

    public record RevokeInvite(UUID tenant, UUID actor, UUID conversation, UUID id) implements Changing {}

    /** @param cursor the {@code next} of the page before */
    public record ListInvites(
            UUID tenant,
            UUID user,
            UUID conversation,
            int limit,
            @Nullable String cursor) {}

    public record Invites(
            List<Invite> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** @param token told when it is made, and never again */
    public record Invite(
            UUID id,
            @Nullable String token,
            String role,
            UUID createdBy,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Integer maxUses,
            int uses) {
        Invite with(String newToken) {
            return new Invite(id, newToken, role, createdBy, createdAt, expiresAt, maxUses, uses);
        }
    }

    public record Look(UUID tenant, UUID user, String token) {}

    /** @param joined whether he who asks is in it */
    public record Preview(
            UUID conversation,
            String name,
            @Nullable String description,
            @Nullable String color,
            @Nullable String icon,
            int memberCount,
            boolean joined) {}

    /** @param perHour into how many conversations the actor may bring himself in an hour; 0: any number */
    public record Accept(UUID tenant, UUID actor, UUID conversation, String token, int perHour) implements Changing {}
}

package io.parley.features.invites;

import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.conversations.ConversationChange;
import io.parley.features.conversations.ConversationRules;
import io.parley.features.invites.InviteActions.Accept;
import io.parley.features.invites.InviteActions.Invite;
import io.parley.features.invites.InviteActions.NewInvite;
import io.parley.features.invites.InviteActions.RevokeInvite;
import io.parley.server.persistence.PersistenceHost;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes, revokes and uses links, in the lane of their conversation. */
final class InviteService {
    private static final int MOST_THAT_WORK = 100;

    private final PersistenceHost host;
    private final InviteStore store;
    private final InviteTokens tokens = new InviteTokens();
    private final ConversationChange<Making> create;
    private final ConversationChange<RevokeInvite> revoke;
    private final ConversationChange<Accept> accept;

    /** A link with the token that it gets. */
    private record Making(NewInvite link, String token) implements Changing {
        @Override
        public UUID tenant() {
            return link.tenant();
        }

        @Override
        public UUID actor() {
            return link.actor();
        }

        @Override
        public UUID conversation() {
            return link.conversation();
        }
    }

    /** @param mostMembers of one conversation */
    InviteService(PersistenceHost host, InviteStore store, int mostMembers) {
        this.host = host;
        this.store = store;
        this.create = new ConversationChange<>(
                host.bus(), "invite.create", "create_invite($1, $2, $3, $4, $5, $6, $7, $8, $9)", asked -> {
                    NewInvite link = asked.change().link();
                    return asked.common()
                            .addUUID(link.id())
                            .addBuffer(InviteTokens.hash(asked.change().token()))
                            .addString(link.role())
                            .addOffsetDateTime(time(link.expiresAt()))
                            .addInteger(link.maxUses())
                            .addInteger(MOST_THAT_WORK);
                });
        this.revoke = new ConversationChange<>(
                host.bus(),
                "invite.revoke",
                "revoke_invite($1, $2, $3, $4)",
                asked -> asked.common().addUUID(asked.change().id()));
        this.accept = new ConversationChange<>(
                host.bus(),
                "invite.accept",
                "accept_invite($1, $2, $3, $4, $5, $6, $7)",
                asked -> asked.common()
                        .addBuffer(InviteTokens.hash(asked.change().token()))
                        .addUUID(asked.messageId())
                        .addInteger(mostMembers)
                        .addInteger(asked.change().perHour()));
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    Future<Invite> create(NewInvite asked) {
        ConversationRules.requireAhead("expiresAt", asked.expiresAt());
        String token = tokens.next();
        return create.submit(host.lane(), new Making(asked, token))
                .compose(done -> store.get(asked.conversation(), asked.id()))
                .map(link -> link.with(token));
    }

    Future<Nothing> revoke(RevokeInvite asked) {
        return revoke.submit(host.lane(), asked).map(done -> Nothing.NOTHING);
    }

    Future<Nothing> accept(Accept asked) {
        return accept.submit(host.lane(), asked).map(done -> Nothing.NOTHING);
    }
}

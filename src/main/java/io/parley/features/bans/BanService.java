package io.parley.features.bans;

import io.parley.bus.Nothing;
import io.parley.features.bans.BanActions.LiftBan;
import io.parley.features.bans.BanActions.SetBan;
import io.parley.features.conversations.ConversationChange;
import io.parley.features.conversations.ConversationRules;
import io.parley.server.persistence.PersistenceHost;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Writes bans, in the lane of their conversation, for whoever is a member is removed with it. */
final class BanService {
    private final PersistenceHost host;
    private final ConversationChange<SetBan> set;
    private final ConversationChange<LiftBan> lift;

    BanService(PersistenceHost host) {
        this.host = host;
        this.set = new ConversationChange<>(
                host.bus(),
                "ban.set",
                "ban_member($1, $2, $3, $4, $5, $6, $7)",
                asked -> asked.common()
                        .addUUID(asked.change().user())
                        .addString(asked.change().reason())
                        .addOffsetDateTime(time(asked.change().until()))
                        .addUUID(asked.messageId()));
        this.lift = new ConversationChange<>(
                host.bus(),
                "ban.lift",
                "lift_ban($1, $2, $3, $4)",
                asked -> asked.common().addUUID(asked.change().user()));
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    Future<Nothing> set(SetBan asked) {
        ConversationRules.requireAhead("until", asked.until());
        return set.submit(host.lane(), asked).map(done -> Nothing.NOTHING);
    }

    Future<Nothing> lift(LiftBan asked) {
        return lift.submit(host.lane(), asked).map(done -> Nothing.NOTHING);
    }
}

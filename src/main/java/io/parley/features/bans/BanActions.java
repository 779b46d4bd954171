package io.parley.features.bans;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.Changing;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about bans. Those that write are asked with the conversation as key. */
public final class BanActions {
    public static final Action<SetBan, Nothing> SET = Action.of("bans.set", SetBan.class, Nothing.class);
    public static final Action<LiftBan, Nothing> LIFT = Action.of("bans.lift", LiftBan.class, Nothing.class);
    public static final Action<ListBans, Bans> LIST = Action.of("bans.list", ListBans.class, Bans.class);

    private BanActions() {}

    /** @param until null: for ever */
    public record SetBan(
            UUID tenant,
            UUID actor,
            UUID conversation,
            UUID user,
            @Nullable String reason,
            @Nullable Instant until) implements Changing {}

    public record LiftBan(UUID tenant, UUID actor, UUID conversation, UUID user) implements Changing {}

    /** @param cursor the {@code next} of the page before */
    public record ListBans(
            UUID tenant,
            UUID user,
            UUID conversation,
            int limit,
            @Nullable String cursor) {}

    public record Bans(
            List<Ban> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** @param until null: for ever */
    public record Ban(
            UUID user,
            @Nullable String reason,
            @Nullable UUID bannedBy,
            Instant bannedAt,
            @Nullable Instant until) {}
}

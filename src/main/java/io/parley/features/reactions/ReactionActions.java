package io.parley.features.reactions;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about reactions. Emoji are in the form of {@link EmojiTable}. */
public final class ReactionActions {
    /** Adds or removes one; answered after the commit. Asked with the conversation as key, so that many become one call. */
    public static final Action<React, Reaction> REACT = Action.of("reactions.react", React.class, Reaction.class);

    public static final Action<ListReactors, Reactors> LIST =
            Action.of("reactions.list", ListReactors.class, Reactors.class);
    public static final Action<ListFavourites, Favourites> FAVOURITES =
            Action.of("reactions.favourites", ListFavourites.class, Favourites.class);

    private ReactionActions() {}

    /** @param added false: removed */
    public record React(UUID tenant, UUID actor, UUID conversation, UUID message, String emoji, boolean added) {}

    /**
     * What a message shows of one emoji.
     *
     * @param users the first few who have used it
     */
    public record Reaction(String emoji, int count, List<UUID> users) {}

    /**
     * @param emoji only those who have used this one; null: all, by emoji
     * @param cursor the {@code next} of the page before
     */
    public record ListReactors(
            UUID tenant,
            UUID user,
            UUID conversation,
            UUID message,
            @Nullable String emoji,
            int limit,
            @Nullable String cursor) {}

    public record Reactors(
            List<Reactor> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    public record Reactor(String emoji, UUID user, Instant at) {}

    public record ListFavourites(UUID tenant, UUID user) {}

    /** Emoji, the most used first. */
    public record Favourites(List<String> items) {}
}

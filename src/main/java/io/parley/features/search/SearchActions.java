package io.parley.features.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageView;
import io.parley.features.search.text.Highlights.Range;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked of search. */
public final class SearchActions {
    public static final Action<FindMessages, FoundMessages> MESSAGES =
            Action.of("search.messages", FindMessages.class, FoundMessages.class);
    public static final Action<FindConversations, FoundConversations> CONVERSATIONS =
            Action.of("search.conversations", FindConversations.class, FoundConversations.class);

    /** The searches that a person has made last. */
    public static final Action<Whose, Searches> RECENT = Action.of("search.recent", Whose.class, Searches.class);

    public static final Action<Remember, Searches> REMEMBER =
            Action.of("search.remember", Remember.class, Searches.class);

    /** Of the index, for operators. */
    public static final Action<Nothing, IndexState> STATE = Action.of("search.state", Nothing.class, IndexState.class);

    public static final Action<Nothing, IndexState> REBUILD =
            Action.of("search.rebuild", Nothing.class, IndexState.class);

    private SearchActions() {}

    /** In which order messages come. */
    public enum Sort {
        RELEVANCE,
        NEWEST
    }

    /**
     * As in the contract.
     *
     * @param conversations empty: all of the person's
     * @param grouped one message of each conversation
     */
    public record FindMessages(
            UUID tenant,
            UUID user,
            @Nullable String q,
            List<UUID> conversations,
            @Nullable UUID sender,
            @Nullable Instant before,
            @Nullable Instant after,
            @Nullable String type,
            boolean link,
            boolean mentionsMe,
            boolean inThreads,
            Sort sort,
            boolean grouped,
            int limit,
            @Nullable String cursor) {}

    /**
     * @param partial looking everywhere would have taken too long
     * @param tookMs beside the database
     */
    public record FoundMessages(
            List<FoundMessage> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next,

            Hits hits,
            boolean partial,
            long tookMs) {}

    /** @param exact otherwise there are at least so many */
    public record Hits(long count, boolean exact) {}

    /**
     * @param highlights of {@code message.text}
     * @param root of a message in a thread the conversation that the thread belongs to
     * @param hits where one message stands for its conversation: how many of those looked at are in it
     */
    public record FoundMessage(
            MessageView message,
            List<Range> highlights,
            @Nullable UUID root,
            @Nullable Integer hits) {}

    public record FindConversations(
            UUID tenant,
            UUID user,
            String q,
            int limit,
            @Nullable String cursor) {}

    public record FoundConversations(
            List<FoundConversation> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /**
     * @param member whether the searcher is in it; otherwise it is public
     * @param highlights of the name
     */
    public record FoundConversation(
            UUID id,
            String type,
            String name,
            String visibility,
            int memberCount,
            boolean member,
            List<Range> highlights) {}

    public record Whose(UUID tenant, UUID user) {}

    /** @param q null: forget all */
    public record Remember(UUID tenant, UUID user, @Nullable String q) {}

    public record Searches(List<RecentSearch> items) {}

    public record RecentSearch(String q, Instant at) {}

    /**
     * @param state {@code current}, or {@code building}: it serves meanwhile
     * @param done rows worked off since it was begun
     * @param about how many messages there are, by the database's statistics
     */
    public record IndexState(
            String state,
            int generation,
            long done,
            long about,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}
}

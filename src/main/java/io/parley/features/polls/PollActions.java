package io.parley.features.polls;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.messages.MessageChange;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about polls. Those that write are asked with the conversation as key. */
public final class PollActions {
    /** Votes; answered after the commit. */
    public static final Action<Vote, Voted> VOTE = Action.of("polls.vote", Vote.class, Voted.class);

    public static final Action<Close, Nothing> CLOSE = Action.of("polls.close", Close.class, Nothing.class);
    public static final Action<ListVoters, Voters> VOTERS = Action.of("polls.voters", ListVoters.class, Voters.class);

    private PollActions() {}

    /** @param options all that he chooses, each once and in their order; none: he takes his vote back */
    public record Vote(UUID tenant, UUID actor, UUID conversation, UUID message, List<Integer> options) {}

    /**
     * What everybody is shown.
     *
     * @param counts how many have chosen each option
     * @param voters how many have voted
     * @param closedBy null: its time was over
     */
    public record Results(
            List<Integer> counts,
            int voters,
            @Nullable Instant closedAt,
            @Nullable UUID closedBy) {}

    /** @param voted what he has chosen now */
    public record Voted(Results results, List<Integer> voted) {}

    /** @param actor null: the clock */
    public record Close(UUID tenant, @Nullable UUID actor, UUID conversation, UUID message)
            implements MessageChange.Asked {}

    /**
     * @param option only those who have chosen this one; null: all, by option
     * @param cursor the {@code next} of the page before
     */
    public record ListVoters(
            UUID tenant,
            UUID user,
            UUID conversation,
            UUID message,
            @Nullable Integer option,
            int limit,
            @Nullable String cursor) {}

    public record Voters(
            List<Voter> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    public record Voter(int option, UUID user, Instant at) {}
}

package io.parley.features.threads;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about threads. Those that write are asked with the conversation that they name as key. */
public final class ThreadActions {
    public static final Action<Open, ThreadView> OPEN = Action.of("threads.open", Open.class, ThreadView.class);

    /** Has people follow a thread; those who cannot read it are left out. */
    public static final Action<Follow, Nothing> FOLLOW = Action.of("threads.follow", Follow.class, Nothing.class);

    public static final Action<Unfollow, Nothing> UNFOLLOW =
            Action.of("threads.unfollow", Unfollow.class, Nothing.class);

    public static final Action<Get, ThreadView> GET = Action.of("threads.get", Get.class, ThreadView.class);
    public static final Action<ListOwn, Threads> LIST = Action.of("threads.list", ListOwn.class, Threads.class);

    /** Brings what a message shows of its thread up to date; asked with the message's conversation as key. */
    static final Action<Refresh, Nothing> REFRESH = Action.of("threads.refresh", Refresh.class, Nothing.class);

    private ThreadActions() {}

    /** @param id that the thread gets, unless the message has one */
    public record Open(UUID tenant, UUID actor, UUID conversation, UUID message, UUID id)
            implements MessageChange.Asked {}

    /** @param watching true: they get its events, but do not follow it */
    public record Follow(UUID tenant, UUID actor, UUID conversation, List<UUID> people, boolean watching)
            implements Changing {}

    public record Unfollow(UUID tenant, UUID actor, UUID conversation) implements Changing {}

    public record Get(UUID tenant, UUID user, UUID conversation, UUID message) {}

    /** @param cursor the {@code next} of the page before */
    public record ListOwn(
            UUID tenant,
            UUID user,
            boolean unread,
            int limit,
            @Nullable String cursor) {}

    record Refresh(UUID tenant, UUID root, UUID thread) {}

    /**
     * A thread as one person sees it.
     *
     * @param conversation its own id, under which it is a conversation
     * @param message on which it hangs
     * @param lastMessage null as long as nobody has replied, or when the person has hidden it from himself
     * @param unread 0 for who does not follow it
     */
    public record ThreadView(
            UUID conversation,
            MessageView message,
            boolean following,
            boolean watching,
            long lastNumber,
            long lastVersion,
            Instant lastAt,
            @Nullable MessageView lastMessage,
            long unread,
            long mentions,
            long readNumber) {}

    public record Threads(
            List<ThreadView> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}
}

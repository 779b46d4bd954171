package io.parley.features.threads;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.conversations.ConversationActions.Changing;
import io.parley.features.conversations.ConversationChange;
import io.parley.features.conversations.ConversationEvents;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageEvents;
import io.parley.features.threads.ThreadActions.Follow;
import io.parley.features.threads.ThreadActions.Open;
import io.parley.features.threads.ThreadActions.Refresh;
import io.parley.features.threads.ThreadActions.ThreadView;
import io.parley.features.threads.ThreadActions.Unfollow;
import io.parley.server.persistence.Lane;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Opens and follows threads and keeps what their messages show of them up to date. */
final class ThreadService {
    private final Lane lane;
    private final ThreadStore store;
    private final ThreadOpening open;
    private final ConversationChange<Follow> follow;
    private final ConversationChange<Unfollow> unfollow;
    private final MessageChange<Shown> refresh;

    /** What a message shows has changed; by nobody's doing. */
    private record Shown(Refresh asked) implements MessageChange.Asked {
        @Override
        public UUID tenant() {
            return asked.tenant();
        }

        @Override
        public @Nullable UUID actor() {
            return null;
        }

        @Override
        public UUID conversation() {
            return asked.root();
        }

        @Override
        public UUID message() {
            return asked.thread();
        }
    }

    /** @param mostFollowed threads of one conversation, by one person */
    ThreadService(Bus bus, Lane lane, ThreadStore store, int mostFollowed) {
        this.lane = lane;
        this.store = store;
        this.open = new ThreadOpening(bus, mostFollowed);
        this.follow = new ConversationChange<>(
                bus,
                "thread.follow",
                ConversationEvents.MEMBER_ADDED,
                "follow_thread($1, $2, $3, $4, $5, $6)",
                asked -> asked.common()
                        .addArrayOfUUID(asked.change().people().toArray(UUID[]::new))
                        .addBoolean(asked.change().watching())
                        .addInteger(mostFollowed));
        this.unfollow = new ConversationChange<>(
                bus,
                "thread.unfollow",
                ConversationEvents.MEMBER_REMOVED,
                "unfollow_thread($1, $2, $3)",
                ConversationChange.Asked::common);
        this.refresh = new MessageChange<>(
                bus,
                "thread.refresh",
                "refresh_thread($1, $2)",
                shown -> Tuple.of(shown.tenant(), shown.asked().thread()),
                (shown, message) -> MessageEvents.updated(message, null));
    }

    Future<ThreadView> open(Open asked) {
        return lane.submit(open, asked).compose(opened -> {
            String outcome = opened.change().outcome();
            if (outcome.equals("ok") || outcome.equals("exists")) {
                return store.get(
                        new ThreadActions.Get(asked.tenant(), asked.actor(), asked.conversation(), asked.message()));
            }
            throw refusal(outcome);
        });
    }

    Future<Nothing> follow(Follow asked) {
        return submit(follow, asked);
    }

    Future<Nothing> unfollow(Unfollow asked) {
        return submit(unfollow, asked);
    }

    private <C extends Changing> Future<Nothing> submit(ConversationChange<C> kind, C asked) {
        return lane.submit(kind, new ConversationChange.Asked<>(asked, Ids.next()))
                .map(result -> {
                    return switch (result.outcome()) {
                        case "ok", "changed", "unchanged" -> Nothing.NOTHING;
                        default -> throw refusal(result.outcome());
                    };
                });
    }

    /** A thread that has ended meanwhile shows nothing. */
    Future<Nothing> refresh(Refresh asked) {
        return lane.submit(refresh, new Shown(asked)).map(done -> Nothing.NOTHING);
    }

    private static AppError refusal(String outcome) {
        return switch (outcome) {
            case "not_found" -> AppError.notFound();
            case "forbidden" -> AppError.of(ErrorCode.FORBIDDEN);
            case "nested" -> AppError.of(ErrorCode.CONFLICT, "A message of a thread cannot have one");
            case "too_many" ->
                AppError.of(ErrorCode.CONFLICT, "You follow as many threads of this conversation as one may");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        };
    }
}
